import type { z } from 'zod';
import { steps } from '../../activities/index.ts';
import type { JobProgress } from '../../edge/image-jobs/job-format.ts';
import { receiveInventory } from '../../edge/image-jobs/receive.ts';
import { eventOfReport } from '../../edge/image-jobs/report-intake.ts';
import { handleReport } from '../../functions/edge/edge-event.event.ts';
import { wakeSagas } from '../../functions/platform/wake-sagas.event.ts';
import { sagas as allSagas } from '../../orchestrations/index.ts';
import { FunctionsCore, installFunctionsCore } from '../../runtime/core/functions-core.ts';
import { startApp } from '../../runtime/core/load.ts';
import { createDurableApp } from '../../runtime/durable/durable-app.ts';
import {
  createMemoryEngine,
  type ActivityInterceptor,
  type MemoryEngine,
} from '../../runtime/durable/memory/engine.ts';
import { VirtualTime } from '../../runtime/durable/memory/virtual-time.ts';
import { createNetbox } from '../../shared/adapters/netbox/client.ts';
import { createRedfish, type Redfish } from '../../shared/adapters/redfish/client.ts';
import { findAssetByMac } from '../../shared/domain/assets/assets.db.ts';
import type { Asset } from '../../shared/domain/assets/assets.db.ts';
import { factorySecret } from '../../shared/domain/credentials/bmc-access.ts';
import { ensureDatacenter } from '../../shared/domain/datacenters/datacenters.db.ts';
import { EdgeReport } from '../../shared/domain/edge/edge.api.ts';
import { ensureTenant } from '../../shared/domain/tenants/tenants.db.ts';
import { createRelay, type Publisher } from '../../shared/events/relay.ts';
import { MacAddress, type ServerFacts } from '../../shared/facts/server.ts';
import { connect, type Database } from '../../shared/kernel/database/database.ts';
import { ServerId, type SagaId } from '../../shared/kernel/ids.ts';
import { silentLog } from '../../shared/kernel/log/log.ts';
import { Secret } from '../../shared/kernel/secret.ts';
import { createSagas, type Sagas } from '../../shared/saga/client.ts';
import { consume } from '../../shared/saga/consumer.ts';
import type { SagaDefinition } from '../../shared/saga/define-saga.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { registerSagas } from '../../shared/saga/register.ts';
import { readSettings } from '../../shared/wiring/settings.ts';
import { buildDeps } from '../../shared/wiring/wiring.ts';
import { BmcFleet } from '../simulators/bmc/fleet.ts';
import { factoryAccount, hardwareFromManifest, type ServerHardware } from '../simulators/bmc/hardware.ts';
import type { Lease } from '../simulators/bmc/machine.ts';
import { companySimulators, machinesDelivered, settingsFor } from '../simulators/index.ts';
import { company } from '../simulators/kit/company.ts';
import { Lab } from '../simulators/kit/lab.ts';
import type { Simulator } from '../simulators/kit/simulator.ts';
import { netboxAccount } from '../simulators/netbox/netbox.ts';
import { shelfOf, type ShelfServer } from '../simulators/shelf.ts';
import { createTestDatabase, patient } from './database.ts';
import { engineClientOf } from './engine-client.ts';
import { platformHoldings } from './holdings.ts';
import { PretendImages } from './image-jobs.ts';
import { Robots } from './robots.ts';

/** The agents hear at once of what these have changed in the list of what images are to do. */
const changesImageJobs: ReadonlySet<string> = new Set(['test-links', 'stop-testing-links']);

/** What the validation image measured on a machine. */
export interface MeasuredMachine {
  datacenter: string;
  facts: ServerFacts;
}

/**
 * The whole of Rackline in one test process: every saga and step on the in-memory engine, a real PostgreSQL, the
 * simulated company over HTTP, robots for people, and one virtual clock for all of them.
 */
export interface TestPlatform {
  readonly deps: Deps;
  readonly db: Database;
  readonly sagas: Sagas;
  readonly engine: MemoryEngine;
  readonly lab: Lab;
  readonly fleet: BmcFleet;
  readonly time: VirtualTime;
  readonly robots: Robots;
  /** Machines that were never bought: they are found when a technician plugs one in. */
  readonly shelf: ShelfServer[];
  /** What happens to the BMCs' requests for an address; `undefined` is lost. */
  onLease: ((lease: Lease) => Lease | undefined) | undefined;
  /** What happens to the validation image's reports on their way, from now on; `undefined` is lost. */
  onReport: ((report: MeasuredMachine) => MeasuredMachine | undefined) | undefined;
  /** What happens to what the validation image says of its work, from now on; `undefined` is lost. */
  onWork: ((progress: JobProgress) => JobProgress | undefined) | undefined;
  /** The machine of an asset, out of its box, with its cables where they belong. */
  machineOf(asset: Asset): Promise<ServerHardware>;
  /** Accepts a saga as an endpoint does. Answers its id. */
  start<I extends z.ZodType>(saga: SagaDefinition<I>, key: string, input: z.input<I>): Promise<SagaId>;
  /** Stands around every activity from now on; `undefined` takes it away. */
  intercept(interceptor: ActivityInterceptor | undefined): void;
  /** What is held anywhere right now: by the outside systems and in our own books. History is left out. */
  snapshot(): Promise<unknown>;
  close(): Promise<void>;
}

export async function aTestPlatform(): Promise<TestPlatform> {
  const database = await createTestDatabase();
  const db = connect({ url: database.url, maxConnections: 20, limits: patient });
  const time = new VirtualTime(Date.parse('2026-11-02T08:00:00Z'));
  for (const tenant of company.tenants) await ensureTenant(db, tenant);
  for (const datacenter of company.datacenters) await ensureDatacenter(db, datacenter);

  let interceptor: ActivityInterceptor | undefined;
  const parts: { robots?: Robots; edge?: (message: object) => Promise<void> } = {};
  let observations = 0;
  const seen = () => ({ id: `seen-${++observations}`, at: new Date(time.now() + observations).toISOString() });
  const fleet = new BmcFleet({
    onLease: (lease) => {
      const heard = testPlatform.onLease ? testPlatform.onLease(lease) : lease;
      return (
        heard &&
        parts.edge?.({
          kind: 'dhcp-lease',
          ...seen(),
          datacenter: heard.datacenter,
          mac: heard.mac,
          address: heard.address,
          bmcUrl: heard.url,
        })
      );
    },
    // What it posts is read and judged as the agent does.
    onValidationBoot: async ({ datacenter, raw }) => {
      const read = receiveInventory(raw);
      const measured = { datacenter, facts: read.facts };
      const sent = testPlatform.onReport ? testPlatform.onReport(measured) : measured;
      if (!sent) return;
      const server = read.bootMac === undefined ? undefined : await findAssetByMac(db, MacAddress.parse(read.bootMac));
      const news = eventOfReport(
        { serial: sent.facts.identity.serial, facts: sent.facts },
        { mac: read.bootMac ?? '', serverId: server?.id ?? '' },
        server?.serial ?? undefined,
      );
      await parts.edge?.({ ...news, ...seen(), datacenter: sent.datacenter });
    },
  });
  const lab = new Lab({
    simulators: [...companySimulators, fleet.simulator] as unknown as Simulator<never>[],
    time,
    speed: 1000,
  });
  await lab.listen();
  await fleet.attach(lab);

  const clock = { now: () => time.now() };
  const settings = readSettings({ ...settingsFor(lab), DATABASE_URL: database.url, LAB: 'off' });
  const built = await buildDeps(settings, { clock, db, log: silentLog });
  const redfish: Redfish = createRedfish({
    secrets: built.deps.secrets,
    time,
    pollAfterSeconds: 30,
    http: { retries: 0 },
  });
  // What was committed is passed on before time moves: robots and sagas hear of it at once, in the same order each
  // time.
  const publisher: Publisher = {
    publish: async (_tx, records) => {
      for (const { topic, event } of records) {
        parts.robots?.hear(event);
        if (wakeSagas.topics.some((each) => each === topic))
          time.schedule(time.now(), () => consume(wakeSagas, { ...deps, sagas }, event, 1));
      }
    },
  };
  const relay = createRelay(db, publisher, (error) => {
    throw error;
  });
  const deps: Deps = {
    ...built.deps,
    publisher,
    bmc: redfish,
    relay: {
      // time stands still until everything that was committed has been passed on
      kick: () => {
        const release = time.blockTime('the relay');
        void relay.kick().finally(release);
      },
    },
  };
  for (const manufacturer of ['Dell Inc.', 'HPE', 'Supermicro'])
    await deps.secrets.write(factorySecret(manufacturer), factoryAccount(manufacturer), { createOnly: true });

  const core = new FunctionsCore();
  installFunctionsCore(core);
  registerSagas(allSagas, steps, deps);
  await startApp(core, '.');
  const images = new PretendImages({
    db,
    time,
    fleet,
    emit: async (datacenter, news) => parts.edge?.({ ...seen(), ...news, datacenter }),
    onProgress: (progress) => (testPlatform.onWork ? testPlatform.onWork(progress) : progress),
  });
  const engine = createMemoryEngine(createDurableApp(core), {
    time,
    intercept: (call, run) => {
      const seenByAgents = async () => {
        const answer = await run();
        if (changesImageJobs.has(call.name)) await images.look();
        return answer;
      };
      return interceptor ? interceptor(call, seenByAgents) : seenByAgents();
    },
  });
  const sagas: Sagas = createSagas(deps, engineClientOf(engine.client));
  parts.edge = (message) => handleReport(EdgeReport.parse(message), { ...deps, sagas });

  const shelf = shelfOf(company);
  const dcim = createNetbox({ baseUrl: `${lab.url}/netbox`, token: new Secret(netboxAccount.token) });
  const machineOf: TestPlatform['machineOf'] = async ({ id, serial, datacenterId }) => {
    const item = [...machinesDelivered(lab), ...shelf].find((each) => each.serial === serial);
    if (!item) throw new Error(`There is no machine ${serial} to plug in.`);
    return hardwareFromManifest(item, {
      datacenter: datacenterId,
      cables: await dcim.readCables(ServerId.parse(id)),
    });
  };
  const robots = new Robots({
    deps,
    time,
    hands: {
      cable: async (asset) => {
        if (robots.leavesCablesLoose) return;
        const hardware = await machineOf(asset);
        await fleet.plugIn(hardware);
        fleet.plant(hardware.serial, ...(robots.nextMistake?.(hardware) ?? []));
        robots.nextMistake = undefined;
      },
      pullCables: async ({ serial }) => void (serial && (await fleet.unplug(serial))),
      repair: async ({ serial }) => void (serial && fleet.plant(serial)),
      inspect: async (asset) => {
        if (!fleet.record(asset.serial ?? '')?.isPlugged) await fleet.plugIn(await machineOf(asset));
        fleet.plant(asset.serial ?? '');
        fleet.clearFaults(asset.serial ?? '');
      },
    },
  });
  parts.robots = robots;

  const testPlatform: TestPlatform = {
    deps,
    db,
    sagas,
    engine,
    lab,
    fleet,
    time,
    robots,
    shelf,
    machineOf,
    start: (saga, key, input) => db.transaction((tx) => sagas.accept(tx, saga, key, input)),
    onLease: undefined,
    onReport: undefined,
    onWork: undefined,
    intercept: (wanted) => (interceptor = wanted),
    snapshot: async () => ({ outside: lab.holdings(), ours: await platformHoldings(db) }),
    close: async () => {
      await engine.stop();
      images.close();
      await redfish.close();
      await built.close();
      await lab.close();
      await database.drop();
    },
  };
  return testPlatform;
}
