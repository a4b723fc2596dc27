import { CallFailed } from '../../kernel/http-client/failure.ts';
import { MessageRegistry, RegistryFile, type LogEntry } from './contract.ts';
import { toSeverity } from './map-log.ts';
import type { Service } from './service.ts';

/**
 * What a vendor advises to do about a message, as its BMCs themselves can say: they carry the registry of their
 * messages.
 */
export interface Registries {
  adviceOn(service: Service, entry: LogEntry): Promise<string | undefined>;
}

/**
 * A fleet speaks in few versions. Dell's registry is 1.6 MB and the same in every BMC of that firmware: it is read
 * once.
 */
const mostRegistries = 8;

export function messageRegistries(): Registries {
  const known = new Map<string, Promise<ReadonlyMap<string, string>>>();

  return {
    adviceOn: async (service, entry) => {
      const [, prefix, version, code] = /^([A-Za-z]\w*)\.([\d.]+)\.(\w+)$/.exec(entry.MessageId ?? '') ?? [];
      const isNeeded =
        entry.Resolution === undefined &&
        entry.Oem?.Hpe?.RecommendedAction === undefined &&
        ['warning', 'critical'].includes(toSeverity(entry.Severity));
      if (!isNeeded || prefix === undefined || code === undefined) return undefined;
      const key = `${prefix}.${version}`;
      const found = known.get(key) ?? readRegistry(service, prefix);
      if (!known.has(key)) {
        if (known.size >= mostRegistries) known.delete(known.keys().next().value ?? '');
        known.set(key, found);
      }
      try {
        return (await found).get(code);
      } catch (error) {
        known.delete(key);
        // The entry is what matters: it goes without advice, and the next one asks again.
        if (error instanceof CallFailed) return undefined;
        throw error;
      }
    },
  };
}

async function readRegistry(service: Service, prefix: string): Promise<ReadonlyMap<string, string>> {
  const files = (await service.members((await service.places()).root.Registries, RegistryFile)) ?? [];
  const file = files.find((each) => each.Registry?.toLowerCase().startsWith(`${prefix.toLowerCase()}.`));
  const english = file?.Location.read.find(({ Language }) => /^en/i.test(Language ?? 'en'));
  const registry = await service.find(english?.Uri, MessageRegistry);
  return new Map(
    Object.entries(registry?.Messages ?? {}).flatMap(([code, { Resolution }]) =>
      Resolution ? [[code, Resolution]] : [],
    ),
  );
}
