// Mutated Redfish resources for the schemas and maps that read them, and every so often a whole BMC whose tree has
// mutated resources, wrong turns and circles in it, for everything that walks one.
//   node_modules/.bin/node test/fuzz/redfish.ts [inputs = 1000000] [seed = 1]
import { z } from 'zod';
import * as contract from '../../shared/adapters/redfish/contract.ts';
import { complaintOf, refusal } from '../../shared/adapters/redfish/errors.ts';
import { readFacts } from '../../shared/adapters/redfish/facts.ts';
import * as map from '../../shared/adapters/redfish/map.ts';
import { quirksOf, vendorOf } from '../../shared/adapters/redfish/quirks.ts';
import { readHealth } from '../../shared/adapters/redfish/sensors.ts';
import { serviceOver } from '../../shared/adapters/redfish/service.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { Drive, FirmwareComponent, Identity, NetworkPort, Processor, ServerFacts } from '../../shared/facts.ts';
import type { Http } from '../../shared/http-client/client.ts';
import { CallFailed } from '../../shared/http-client/failure.ts';
import { builtTree } from './bmc-tree.ts';
import { runFuzz, type Target } from './harness.ts';
import { mutateJson, mutateText, type Random } from './mutate.ts';
import { recorded } from './recorded.ts';

const quirks = [{ vendor: 'dell', model: 'PowerEdge R750', manager: '15G Monolithic' }, { vendor: 'hpe', model: '', manager: 'iLO 6' }, { vendor: 'lenovo', model: '', manager: '' }].map((each) => quirksOf({ firmware: '1.0', ...each, vendor: vendorOf(each.vendor) }));
/** A reader of one kind of resource: what it accepts has to become what our words allow. */
const reads = <S extends z.ZodType>(schema: S, use: (value: z.infer<S>) => void = () => undefined) => (body: unknown): void => {
  const answer = schema.safeParse(body);
  if (!answer.success) throw new NotAsDescribed();
  use(answer.data);
};
/** What the HTTP client would throw as an unexpected answer. */
class NotAsDescribed extends Error {}

/** By the resource's name in `@odata.type`. */
const readers = new Map<string, (body: unknown) => void>([
  ['ServiceRoot', reads(contract.ServiceRoot)], ['Manager', reads(contract.Manager)], ['Chassis', reads(contract.Chassis)], ['Storage', reads(contract.Storage)], ['UpdateService', reads(contract.UpdateService)],
  ['ComputerSystem', reads(contract.ComputerSystem, (system) => {
    for (const each of quirks) Identity.parse(map.toIdentity(system, undefined, each));
    map.toPower(system.PowerState);
    map.toHealth(system.Status);
    ServerFacts.shape.memory.parse(map.toMemory([], system.MemorySummary?.TotalSystemMemoryGiB));
  })],
  ['Processor', reads(contract.Processor, (each) => { z.array(Processor).optional().parse(map.toProcessors([each])); })],
  ['Memory', reads(contract.Memory, (each) => { ServerFacts.shape.memory.parse(map.toMemory([each, each], undefined)); })],
  ['Drive', reads(contract.Drive, (each) => { if (map.isPresent(each)) Drive.parse(map.toDrive(each)); })],
  ['EthernetInterface', reads(contract.EthernetInterface, (each) => { z.array(NetworkPort).optional().parse(map.toNetworkPorts([each])); })],
  ['SoftwareInventory', reads(contract.SoftwareInventory, (each) => { for (const one of quirks) z.array(FirmwareComponent).parse(map.toFirmware([each], one)); })],
  ['SimpleStorage', reads(contract.SimpleStorage)], ['Volume', reads(contract.Volume)], ['Task', reads(contract.Task)], ['TaskService', reads(contract.TaskService)], ['DellJob', reads(contract.Task)],
  ['AccountService', reads(contract.AccountService)], ['ManagerAccount', reads(contract.Account)], ['Power', reads(contract.Power)], ['Thermal', reads(contract.Thermal)], ['ThermalSubsystem', reads(contract.ThermalSubsystem)],
  ['ThermalMetrics', reads(contract.ThermalMetrics)], ['EnvironmentMetrics', reads(contract.EnvironmentMetrics)], ['ActionInfo', reads(contract.ActionInfo)], ['Session', reads(contract.Session)],
]);
function readError(body: unknown): void {
  complaintOf(body);
  refusal({ method: 'POST', path: '/x' }, { status: 400, body, headers: { 'retry-after': 'soon' } });
}

interface Resource { read(body: unknown): void; body: unknown }
const TypedBody = z.object({ '@odata.type': z.string() });
const resources: Resource[] = [...recorded('redfish', 20_000), ...Object.values(builtTree).map((body) => JSON.stringify(body))].flatMap((text): Resource[] => {
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
    system: 'redfish', baseUrl: 'https://bmc.invalid', close: async () => {},
    stream: () => Promise.reject(new Error('nobody streams here')),
    send: async ({ method, path, answers }) => {
      calls += 1;
      if (calls > 5000) throw new Error('a walk that never ends');
      const body = path.startsWith('/endless') ? { 'Members': [{ '@odata.id': '/redfish/v1/Systems/1' }], 'Members@odata.nextLink': `/endless/${calls}` } : tree[path.replace(/\?.*$/, '')];
      const [status, said] = body === undefined ? [404, { error: { code: 'Base.1.0.ResourceMissingAtURI' } }] : [200, body];
      const parsed = answers[status]?.safeParse(said);
      if (!parsed?.success) throw new CallFailed({ system: 'redfish', method, path, status, failure: 'unexpectedAnswer', detail: 'its answer is not as described' });
      return { status, body: parsed.data, headers: {} } as never;
    },
  };
}

/** Links that lead in circles, nowhere, or on for ever. */
const wrongTurns = [...Object.keys(builtTree), '/redfish/v1/nowhere', '/endless/0', '', '/', '//', '?', '\ud800'];
function wrongTree(random: Random): Record<string, unknown> {
  const paths = Object.keys(builtTree);
  const tree: Record<string, unknown> = { ...builtTree };
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const path = random.pick(paths);
    const body = random.below(3) === 0 ? mutateJson(tree[path], random) : jsonOf(JSON.stringify(tree[path] ?? null).replace(/"\/redfish[^"]*"/g, (link) => (random.below(3) === 0 ? JSON.stringify(random.pick(wrongTurns)) : link)));
    tree[path] = typeof body === 'object' && body !== null && random.below(20) === 0 ? { ...body, 'Members@odata.nextLink': random.pick(wrongTurns) } : body;
  }
  return tree;
}

type Input = { text: string; read(body: unknown): void } | { tree: Record<string, unknown> };

export const target: Target<Input> = {
  make: (random) => {
    if (random.below(50) === 0) return { tree: wrongTree(random) };
    const { read, body } = random.pick(random.pick(kinds));
    return { read, text: random.below(10) === 0 ? mutateText(JSON.stringify(body), random) : JSON.stringify(mutateJson(body, random)) ?? 'null' };
  },
  read: async (input) => {
    if ('text' in input) {
      const body = jsonOf(input.text);
      input.read(body);
      return;
    }
    const service = serviceOver(bmcOf(input.tree));
    ServerFacts.parse(await readFacts(service));
    await readHealth(service);
  },
  show: (input) => ('text' in input ? input.text : JSON.stringify(input.tree)),
  isRefusal: (error) => error instanceof NotAsDescribed || error instanceof AppError,
};

if (import.meta.main) await runFuzz(import.meta.url);
