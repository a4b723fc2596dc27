// Mutated Redfish resources for the schemas and maps that read them; every so often a whole BMC whose tree has mutated
// resources, wrong turns, circles and far too much in it, for everything that walks one; mutated streams of events; and
// answers that are no proper HTTP.
//   node_modules/.bin/node test/fuzz/redfish.ts [inputs = 1000000] [seed = 1]
import { z } from 'zod';
import * as contract from '../../shared/adapters/redfish/contract.ts';
import { complaintOf, refusal } from '../../shared/adapters/redfish/errors.ts';
import { eventsIn, hintsOf } from '../../shared/adapters/redfish/events.ts';
import { readFacts } from '../../shared/adapters/redfish/facts.ts';
import { readLog } from '../../shared/adapters/redfish/log.ts';
import { isAudit, toLogEntry } from '../../shared/adapters/redfish/map-log.ts';
import * as sensors from '../../shared/adapters/redfish/map-sensors.ts';
import * as map from '../../shared/adapters/redfish/map.ts';
import { quirksOf, vendorOf } from '../../shared/adapters/redfish/quirks.ts';
import { messageRegistries } from '../../shared/adapters/redfish/registries.ts';
import { readSensors } from '../../shared/adapters/redfish/sensors.ts';
import { serviceOver } from '../../shared/adapters/redfish/service.ts';
import { Drive, FirmwareComponent, Identity, NetworkPort, Processor, ServerFacts } from '../../shared/facts/server.ts';
import { LogEntry, LogReading, Sensors } from '../../shared/facts/telemetry.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import type { Http } from '../../shared/kernel/http-client/client.ts';
import { CallFailed } from '../../shared/kernel/http-client/failure.ts';
import { builtTree } from './bmc-tree.ts';
import { runFuzz, type Target } from './harness.ts';
import { readBytes, wrongBytes } from './http.ts';
import { mutateJson, mutateText, type Random } from './mutate.ts';
import { recorded } from './recorded.ts';

const quirks = [
  { vendor: 'dell', model: 'PowerEdge R750', manager: '15G Monolithic' },
  { vendor: 'hpe', model: '', manager: 'iLO 6' },
  { vendor: 'lenovo', model: '', manager: '' },
].map((each) => quirksOf({ firmware: '1.0', ...each, vendor: vendorOf(each.vendor) }));
/** A reader of one kind of resource: what it accepts has to become what our words allow. */
const reads =
  <S extends z.ZodType>(schema: S, use: (value: z.infer<S>) => void = () => undefined) =>
  (body: unknown): void => {
    const answer = schema.safeParse(body);
    if (!answer.success) throw new NotAsDescribed();
    use(answer.data);
  };
/** What the HTTP client would throw as an unexpected answer. */
class NotAsDescribed extends Error {}

/** By the resource's name in `@odata.type`. */
const readers = new Map<string, (body: unknown) => void>([
  ['ServiceRoot', reads(contract.ServiceRoot)],
  ['Manager', reads(contract.Manager)],
  ['Chassis', reads(contract.Chassis)],
  ['Storage', reads(contract.Storage)],
  ['UpdateService', reads(contract.UpdateService)],
  [
    'ComputerSystem',
    reads(contract.ComputerSystem, (system) => {
      for (const each of quirks) Identity.parse(map.toIdentity(system, undefined, each));
      map.toPower(system.PowerState);
      map.toHealth(system.Status);
      ServerFacts.shape.memory.parse(map.toMemory([], system.MemorySummary?.TotalSystemMemoryGiB));
    }),
  ],
  [
    'Processor',
    reads(contract.Processor, (each) => {
      z.array(Processor)
        .optional()
        .parse(map.toProcessors([each]));
    }),
  ],
  [
    'Memory',
    reads(contract.Memory, (each) => {
      ServerFacts.shape.memory.parse(map.toMemory([each, each], undefined));
    }),
  ],
  [
    'Drive',
    reads(contract.Drive, (each) => {
      if (map.isPresent(each)) Drive.parse(map.toDrive(each));
    }),
  ],
  [
    'EthernetInterface',
    reads(contract.EthernetInterface, (each) => {
      z.array(NetworkPort)
        .optional()
        .parse(map.toNetworkPorts([each]));
    }),
  ],
  [
    'SoftwareInventory',
    reads(contract.SoftwareInventory, (each) => {
      for (const one of quirks) z.array(FirmwareComponent).parse(map.toFirmware([each], one));
    }),
  ],
  ['SimpleStorage', reads(contract.SimpleStorage)],
  ['Volume', reads(contract.Volume)],
  ['Task', reads(contract.Task)],
  ['TaskService', reads(contract.TaskService)],
  ['DellJob', reads(contract.Task)],
  ['AccountService', reads(contract.AccountService)],
  ['ManagerAccount', reads(contract.Account)],
  ['ActionInfo', reads(contract.ActionInfo)],
  ['Session', reads(contract.Session)],
  [
    'Power',
    reads(contract.Power, (each) => {
      for (const one of quirks) heard(sensors.hearPower(each, one));
    }),
  ],
  ['Thermal', reads(contract.Thermal, (each) => heard(sensors.hearThermal(each)))],
  ['EnvironmentMetrics', reads(contract.EnvironmentMetrics, (each) => heard(sensors.hearEnvironment(each)))],
  ['PowerSubsystem', reads(contract.PowerSubsystem)],
  ['PowerSupplyMetrics', reads(contract.PowerSupplyMetrics)],
  [
    'PowerSupply',
    reads(contract.PowerSupply, (supply) => heard(sensors.hearSupplies([{ supply, metrics: undefined }]))),
  ],
  ['ThermalSubsystem', reads(contract.ThermalSubsystem)],
  ['ThermalMetrics', reads(contract.ThermalMetrics, (each) => heard(sensors.hearThermalMetrics(each)))],
  ['Fan', reads(contract.Fan, (each) => heard(sensors.hearFans([each])))],
  ['Sensor', reads(contract.Sensor, (each) => heard(sensors.hearSensors([each, each])))],
  ['LogService', reads(contract.LogService)],
  [
    'LogEntry',
    reads(contract.LogEntry, (each) => {
      LogEntry.parse(toLogEntry(each, undefined));
      isAudit(each);
    }),
  ],
  ['MessageRegistryFile', reads(contract.RegistryFile)],
  ['MessageRegistry', reads(contract.MessageRegistry)],
  ['EventService', reads(contract.EventService)],
  ['EventDestination', reads(contract.EventDestination)],
  [
    'Event',
    (body) => {
      hintsOf(body);
    },
  ],
]);
function heard({ readings, totalWatts, inletCelsius }: sensors.Heard): void {
  Sensors.parse({ power: 'on', health: 'ok', powerWatts: totalWatts, inletCelsius, readings, unread: 0 });
}
function readError(body: unknown): void {
  complaintOf(body);
  refusal({ method: 'POST', path: '/x' }, { status: 400, body, headers: { 'retry-after': 'soon' } });
}

interface Resource {
  read(body: unknown): void;
  body: unknown;
}
const TypedBody = z.object({ '@odata.type': z.string() });
const resources: Resource[] = [
  ...recorded('redfish', 20_000),
  ...Object.values(builtTree).map((body) => JSON.stringify(body)),
].flatMap((text): Resource[] => {
  const body = jsonOf(text);
  if (typeof body === 'object' && body !== null && 'error' in body) return [{ read: readError, body }];
  const type = /^#(\w+)/.exec(TypedBody.safeParse(body).data?.['@odata.type'] ?? '')?.[1] ?? '';
  const read = type.endsWith('Collection') ? reads(contract.Collection) : readers.get(type);
  return read ? [{ read, body }] : [];
});
/** Recordings have a thousand sensors for each drive: first a kind is drawn, then one of it. */
const kinds = [...Map.groupBy(resources, ({ read }) => read).values()];

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // some recordings are broken on purpose
  }
}

/** A BMC that answers from a tree, and to what is not in it with one of the things BMCs say then. */
export function bmcOf(tree: Record<string, unknown>): Http {
  let calls = 0;
  return {
    system: 'redfish',
    baseUrl: 'https://bmc.invalid',
    close: async () => {},
    stream: () => Promise.reject(new Error('nobody streams here')),
    send: async ({ method, path, answers }) => {
      calls += 1;
      if (calls > 100_000) throw new Error('a walk that never ends');
      const body = path.startsWith('/endless')
        ? { Members: [{ '@odata.id': '/redfish/v1/Systems/1' }], 'Members@odata.nextLink': `/endless/${calls}` }
        : tree[path.replace(/\?.*$/, '')];
      const [status, said] =
        body === undefined ? [404, { error: { code: 'Base.1.0.ResourceMissingAtURI' } }] : [200, body];
      const parsed = answers[status]?.safeParse(said);
      if (!parsed?.success)
        throw new CallFailed({
          system: 'redfish',
          method,
          path,
          status,
          failure: 'unexpectedAnswer',
          detail: 'its answer is not as described',
        });
      return { status, body: parsed.data, headers: {} } as never;
    },
  };
}

/** Members without end: links to one thing, to nothing, or the thing itself over and over. */
const farTooMany = (random: Random) =>
  Array.from({ length: random.below(20_000) }, () =>
    random.pick([
      { '@odata.id': '/redfish/v1/Systems/1' },
      { '@odata.id': '/redfish/v1/nowhere' },
      { Id: '1', Created: '2026-11-02T08:00:00Z', Message: 'again' },
    ]),
  );

/** Links that lead in circles, nowhere, or on for ever. */
const wrongTurns = [...Object.keys(builtTree), '/redfish/v1/nowhere', '/endless/0', '', '/', '//', '?', '\ud800'];
function wrongTree(random: Random): Record<string, unknown> {
  const paths = Object.keys(builtTree);
  const tree: Record<string, unknown> = { ...builtTree };
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const path = random.pick(paths);
    const body =
      random.below(3) === 0
        ? mutateJson(tree[path], random)
        : jsonOf(
            JSON.stringify(tree[path] ?? null).replace(/"\/redfish[^"]*"/g, (link) =>
              random.below(3) === 0 ? JSON.stringify(random.pick(wrongTurns)) : link,
            ),
          );
    tree[path] =
      typeof body === 'object' && body !== null && random.below(20) === 0
        ? { ...body, 'Members@odata.nextLink': random.pick(wrongTurns) }
        : body;
    if (random.below(50) === 0) tree[path] = { ...Object(body), Members: farTooMany(random) };
  }
  return tree;
}

/** A stream that has been changed, and comes in pieces. */
function wrongStream(random: Random): string[] {
  const event = `id: 1\nevent: alert\ndata: ${JSON.stringify(builtTree['/event'])}\n\n: still here\r\n\r\n`;
  const text = mutateText(event.repeat(1 + random.below(4)), random);
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = at + 1 + random.below(text.length);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}
async function* piecewise(pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces;
}

type Input =
  | { text: string; read(body: unknown): void }
  | { tree: Record<string, unknown> }
  | { pieces: string[] }
  | { bytes: string };

export const target: Target<Input> = {
  make: (random) => {
    if (random.below(1000) === 0) return { bytes: wrongBytes(random) };
    if (random.below(50) === 0) return { tree: wrongTree(random) };
    if (random.below(50) === 0) return { pieces: wrongStream(random) };
    const { read, body } = random.pick(random.pick(kinds));
    return {
      read,
      text:
        random.below(10) === 0
          ? mutateText(JSON.stringify(body), random)
          : (JSON.stringify(mutateJson(body, random)) ?? 'null'),
    };
  },
  read: async (input) => {
    if ('text' in input) {
      input.read(jsonOf(input.text));
    } else if ('pieces' in input) {
      for await (const event of eventsIn(piecewise(input.pieces))) hintsOf(event);
    } else if ('bytes' in input) {
      await readBytes(input.bytes);
    } else {
      await walk(input.tree);
    }
  },
  show: (input) =>
    'text' in input
      ? input.text
      : 'pieces' in input
        ? JSON.stringify(input.pieces)
        : 'bytes' in input
          ? JSON.stringify(input.bytes)
          : JSON.stringify(input.tree),
  isRefusal: (error) =>
    error instanceof NotAsDescribed ||
    error instanceof AppError ||
    (error instanceof Error && error.message === 'an event does not end'),
};

/** Everything that walks a BMC, each for itself: what one refuses the others may read. */
async function walk(tree: Record<string, unknown>): Promise<void> {
  const service = serviceOver(bmcOf(tree));
  const walks = [
    async () => ServerFacts.parse(await readFacts(service)),
    async () => Sensors.parse(await readSensors(service)),
    async () => {
      const { cursor } = LogReading.parse(await readLog(service, {}, messageRegistries()));
      LogReading.parse(await readLog(service, { cursor }, messageRegistries()));
    },
  ];
  const refusals: unknown[] = [];
  for (const each of walks) await each().catch((error: unknown) => refusals.push(error));
  const [crash = refusals[0]] = refusals.filter((error) => !target.isRefusal(error));
  if (crash !== undefined) throw crash;
}

if (import.meta.main) await runFuzz(import.meta.url);
