import { z } from 'zod';
import { getAsset, type Asset } from '../../shared/domain/assets/assets.db.ts';
import { bmcOf } from '../../shared/domain/credentials/bmc-access.ts';
import {
  firmwareUpdateCompleted,
  firmwareUpdateFailed,
  firmwareUpdateStarted,
} from '../../shared/domain/firmware/events.ts';
import type { Evidence } from '../../shared/domain/proofs/evidence.ts';
import { prove } from '../../shared/domain/proofs/proofs.db.ts';
import type { NewEvent } from '../../shared/events/event-type.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { compareVersions } from '../../shared/facts/firmware-words.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import type { UpdatableComponent } from '../../shared/ports/bmc.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { nothing, refused, step, type StepPending, type StepRefused } from '../../shared/saga/step.ts';
import { vendorToolOf } from '../../shared/saga/vendor-tool-of.ts';

/** The order vendors ask for: a new BMC may refuse an image that needs a newer BIOS. */
const order: readonly UpdatableComponent[] = ['bios', 'bmc', 'nic', 'storage'];

interface Wanted {
  component: UpdatableComponent;
  baseline: string;
}
/** The update that is under way, and the BMC's own ticket for it. */
const Running = z.object({
  component: z.enum(['bios', 'bmc', 'nic', 'storage']),
  baseline: z.string(),
  ticket: z.string(),
});

/**
 * Brings every component to the baseline, one after the other. Done means read back from the machine, not reported by a
 * job.
 */
export const updateFirmware = step({
  name: 'update-firmware',
  input: z.object({ serverId: ServerId }),
  output: z.object({ compliant: z.boolean() }),
  ticket: Running,
  atMost: hours(6),
  isInterruptible: false,
  run: async ({ serverId }, deps, context) => {
    const { ticket: running } = context;
    const asset = await getAsset(deps.db, serverId);
    // What is under way is followed to its end, though the machine may already show the new version.
    const waiting = running && (await bringUp(deps, asset, running, running.ticket));
    if (waiting) return waiting;
    const standing = await readStanding(deps, asset);
    const old = outdated(standing);
    for (const wanted of old) {
      const answer = await bringUp(deps, asset, wanted);
      if (answer?.outcome === 'pending')
        await record(
          deps,
          firmwareUpdateStarted({
            ...about(asset),
            data: { serverId, component: wanted.component, from: wanted.installed, to: wanted.baseline },
          }),
        );
      if (answer) return answer;
    }
    const seen = old.length > 0 ? await readStanding(deps, asset) : standing;
    const [still] = outdated(seen);
    if (still)
      throw new Error(`${asset.id} still has ${still.component} ${still.installed}, older than ${still.baseline}`);
    if (seen.components.length === 0) return refused('its BMC shows no firmware: nothing can be checked');
    await prove(deps.db, deps.clock, serverId, 'firmware-checked', seen, context);
    return { compliant: true };
  },
  undo: nothing('firmware only goes forward; the next commissioning checks it again'),
});

/** One component: begun, or followed up by the BMC's ticket. Answers nothing once the new version was read back. */
async function bringUp(
  deps: Deps,
  asset: Asset,
  { component, baseline }: Wanted,
  ticket?: string,
): Promise<StepPending<z.infer<typeof Running>> | StepRefused | undefined> {
  const model = encodeURIComponent(asset.model ?? 'unknown');
  const imageUrl = `${deps.settings.firmwareUrl}/${model}/${component}-${baseline}.bin`;
  const update = await deps.bmc.updateFirmware(bmcOf(asset), {
    component,
    version: baseline,
    imageUrl,
    ...(ticket !== undefined && { ticket }),
  });
  if (update.outcome === 'pending')
    return {
      ...update,
      ticket: { component, baseline, ticket: update.ticket },
      waitingFor: `${component} firmware ${baseline}`,
    };
  if (update.outcome === 'refused') {
    await record(
      deps,
      firmwareUpdateFailed({ ...about(asset), data: { serverId: asset.id, component, reason: update.reason } }),
    );
    return update;
  }
  await record(
    deps,
    firmwareUpdateCompleted({ ...about(asset), data: { serverId: asset.id, component, version: baseline } }),
  );
  return undefined;
}

/**
 * What is installed, against the baseline of the vendor's tool where one manages this make. The tool's own inventory
 * may lag behind the machine: what is installed is asked of the BMC.
 */
async function readStanding(deps: Deps, asset: Asset): Promise<Evidence<'firmware-checked'>> {
  const tool = asset.serial ? vendorToolOf(deps, asset) : undefined;
  const baselines = tool && asset.serial ? await tool.firmwareCompliance(asset.serial) : [];
  const installed = await deps.bmc.readFirmware(bmcOf(asset));
  const baselineOf = (component: string) => baselines.find((each) => each.component === component)?.baseline ?? null;
  const components = installed.map(({ component, name, version }) => ({
    component,
    name,
    installed: version ?? null,
    baseline: baselineOf(component),
  }));
  return {
    baselineFrom: tool?.product ?? null,
    components,
    unverified: order.filter(
      (component) => !components.some((each) => each.component === component && each.installed && each.baseline),
    ),
  };
}

/** What is older than its baseline, in the order of updating. What is newer stays. */
const outdated = ({ components }: Evidence<'firmware-checked'>): (Wanted & { installed: string })[] =>
  order.flatMap((component) => {
    const { installed, baseline } = components.find((each) => each.component === component) ?? {};
    return installed && baseline && compareVersions(installed, baseline) < 0
      ? [{ component, baseline, installed }]
      : [];
  });

const about = ({ id, datacenterId, tenantId }: Asset) => ({ subject: id, datacenterId, tenantId });
const record = ({ db, clock }: Deps, event: NewEvent): Promise<void> =>
  db.transaction((tx) => appendEvents(tx, clock, [event]));
