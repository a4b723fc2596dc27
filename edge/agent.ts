import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { EdgeRelease } from '../shared/domain/edge/agents.api.ts';
import { explain } from '../shared/kernel/errors/app-error.ts';
import type { DatacenterId } from '../shared/kernel/ids.ts';
import { systemScheduler, type Scheduler } from '../shared/kernel/scheduler.ts';
import { startBmcs } from './bmc/bmcs.ts';
import { startBooting, type BootSettings } from './boot/booting.ts';
import { intakeRoutes } from './dhcp/intake.ts';
import { startLeaseSources, type LeaseSettings } from './dhcp/lease-sources.ts';
import { LeaseTracker } from './dhcp/lease-tracker.ts';
import { createHealth, type AgentStatus } from './health.ts';
import { JobQueue } from './image-jobs/job-queue.ts';
import { ErrorCounter } from './kernel/error-counter.ts';
import { Journal } from './kernel/journal.ts';
import { listen, urlOf, type Address } from './kernel/listener.ts';
import type { EdgeLog } from './kernel/log.ts';
import { ReportedCache } from './kernel/reported-cache.ts';
import { Store } from './kernel/store.ts';
import { Configuration } from './platform/configuration.ts';
import { createEmit } from './platform/emit.ts';
import { Expected } from './platform/expected.ts';
import type { Identity } from './platform/identity.ts';
import type { Platform } from './platform/platform.ts';
import { Uplink } from './platform/uplink.ts';
import type { UpdateStatus } from './update/updater.ts';

export interface AgentOptions {
  datacenter: DatacenterId;
  /** Its own folder: journal, memory, stored documents. */
  folder: string;
  journalBytes: number;
  /** Where hooks of other DHCP servers and monitoring reach it: loopback, or an address of the management network. */
  address: Address;
  /** Its identity; started and stopped with the agent. */
  identity: Identity;
  platform: Platform;
  log: EdgeLog;
  /** Where a BMC's Redfish answers: `https://{address}`. */
  bmcUrlTemplate?: string;
  /** Where BMCs that stream no events post them. Without it these are only polled. */
  bmcEvents?: Address | undefined;
  leases?: LeaseSettings;
  boot?: BootSettings | undefined;
  time?: Scheduler;
  /** Called with the release that the platform wants, each time that was confirmed. */
  onRelease?: (release: EdgeRelease | null) => void;
  /** The state of its own update, for the health page. */
  update?: () => UpdateStatus;
}

export interface Agent {
  readonly datacenter: DatacenterId;
  /** Where it listens. */
  readonly url: string;
  /** Where machines boot from; undefined where they do not. */
  readonly bootUrl: string | undefined;
  readonly expected: Expected;
  readonly configuration: Configuration;
  /** The jobs of this datacenter's validation images. */
  readonly jobs: JobQueue;
  status(): AgentStatus;
  stop(): Promise<void>;
}

/**
 * The agent of one datacenter: it observes leases and boots, boots machines, watches BMCs, carries out commands, stores
 * events and sends them to the platform. It never waits for the platform. Only what is configured runs.
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { datacenter, folder, identity, platform, log, time = systemScheduler, onRelease = () => {} } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Parts are stopped in reverse, also when a later one fails to start.
  const started: (() => void | Promise<void>)[] = [() => platform.close()];
  const stop = async () => {
    for (const end of started.splice(0).toReversed()) await end();
  };
  try {
    const journal = new Journal({ file: path.join(folder, 'journal.db'), maxBytes: options.journalBytes });
    started.push(() => journal.close());
    const store = new Store(path.join(folder, 'memory.db'));
    started.push(() => store.close());
    const countFaultsOf = (part: string) => new ErrorCounter({ part, datacenter, time, log });
    const [leaseFaults, bootFaults] = [countFaultsOf('leases'), countFaultsOf('boot')];

    const configuration = new Configuration({
      file: path.join(folder, 'configuration.json'),
      platform,
      time,
      log,
      datacenter,
      onRelease,
    });
    const expected: Expected = new Expected({
      file: path.join(folder, 'expected.json'),
      platform,
      time,
      log,
      datacenter,
      everyMilliseconds: () => configuration.pullEveryMilliseconds,
      onChange: () =>
        void tracker
          .review()
          .catch((error: unknown) =>
            leaseFaults.record(`unknown devices could not be judged again: ${explain(error)}`),
          ),
      onConfirmed: () =>
        void jobs
          .sync(expected.jobs)
          .catch((error: unknown) => bootFaults.record(`the jobs of images could not be updated: ${explain(error)}`)),
    });
    const uplink = new Uplink({ journal, platform, time, log, datacenter });
    const emit = createEmit({ journal, uplink, time, log, datacenter });
    const reported = new ReportedCache({ store, clock: time });
    const tracker = new LeaseTracker({
      datacenter,
      expected,
      store,
      reported,
      emit,
      bmcUrlTemplate: options.bmcUrlTemplate ?? 'https://{address}',
      managementPrefixes: () => (configuration.isKnown ? configuration.managementPrefixes : undefined),
      time,
      log,
    });
    const jobs: JobQueue = new JobQueue({ store, emit, time, log, datacenter, onFault: bootFaults.record });

    // No command is fetched before the management networks are known.
    const fetchCommands: Platform['fetchCommands'] = async (question, call) => {
      await configuration.known(call.signal);
      return platform.fetchCommands(question, call);
    };
    const bmcs = await startBmcs({
      datacenter,
      folder,
      store,
      platform: { ...platform, fetchCommands },
      time,
      log,
      managementPrefixes: () => configuration.managementPrefixes,
      eventsUrl: options.bmcEvents && urlOf(options.bmcEvents),
      targets: () => expected.controllers(),
      report: (readings) => emit({ kind: 'bmc-readings', readings }),
      answer: ({ id, serverId }, outcome) =>
        emit({ kind: 'command-answer', commandId: id, serverId, outcome }).then(
          () => true,
          (error: unknown) => {
            log.answerNotStored({ datacenter, commandId: id, reason: explain(error) });
            return false;
          },
        ),
    });
    let bmcsEnd: Promise<void> | undefined;
    const stopBmcs = () => (bmcsEnd ??= bmcs.stop());
    started.push(stopBmcs);

    const booting =
      options.boot &&
      (await startBooting({
        datacenter,
        folder,
        settings: options.boot,
        expected,
        store,
        reported,
        emit,
        jobs,
        faults: bootFaults,
        time,
        log,
      }));
    if (booting) started.push(() => booting.stop());
    const sources = await startLeaseSources({
      datacenter,
      settings: options.leases ?? {},
      tracker,
      offer: booting?.offer,
      faults: leaseFaults,
      time,
      log,
    });
    started.push(() => sources.stop());

    const health = createHealth({
      datacenter,
      time,
      identity,
      journal,
      uplink,
      expected,
      configuration,
      bmcs,
      jobs,
      leases: () => ({ ...tracker.status(), ...sources.status(), faults: leaseFaults.status() }),
      boot: booting && (() => ({ ...booting.status(), faults: bootFaults.status() })),
      ...(options.update && { update: options.update }),
    });
    const listener = await listen(options.address, { ...intakeRoutes(tracker, time), ...health.routes });
    started.push(() => listener.close());
    if (options.bmcEvents) {
      // A listener of its own: a compromised BMC reaches nothing else of the agent.
      const events = await listen(options.bmcEvents, bmcs.routes);
      started.push(() => events.close());
    }
    uplink.start();
    startPulling(identity, [expected, configuration], uplink);
    jobs.start();
    started.push(() => {
      jobs.stop();
      uplink.stop();
      expected.stop();
      configuration.stop();
      identity.stop();
    });
    started.push(stopBmcs); // may take a while: until then the other parts run
    log.started({ datacenter, url: listener.url });
    return {
      datacenter,
      url: listener.url,
      bootUrl: booting?.url,
      expected,
      configuration,
      jobs,
      status: health.status,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Pulling needs an identity. Whenever the agent gets one, everything is pulled at once. */
function startPulling(
  identity: Identity,
  pulled: readonly Pick<Expected | Configuration, 'start' | 'refresh'>[],
  uplink: Uplink,
): void {
  let isPulling = false;
  identity.start(() => {
    for (const each of pulled) {
      if (isPulling) void each.refresh();
      else each.start();
    }
    isPulling = true;
    uplink.notify();
  });
}
