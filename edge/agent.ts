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
  /** Its own folder: the journal, its memory, and what the platform has told it. */
  folder: string;
  journalBytes: number;
  /** Where other DHCP servers' hooks and monitoring reach it: loopback, or an address of the management network. */
  address: Address;
  /** Who it is; started and stopped with the agent. */
  identity: Identity;
  platform: Platform;
  log: EdgeLog;
  /** Where a BMC's Redfish answers: `https://{address}`. */
  bmcUrlTemplate?: string;
  /** Where BMCs that stream no events post them. Without it those are only looked at. */
  bmcEvents?: Address | undefined;
  leases?: LeaseSettings;
  boot?: BootSettings | undefined;
  time?: Scheduler;
  /** Called with what the platform says the agent is to run, again and again. */
  onRelease?: (release: EdgeRelease | null) => void;
  /** How its own renewal does, for its health page. */
  update?: () => UpdateStatus;
}

export interface Agent {
  readonly datacenter: DatacenterId;
  /** Where it listens. */
  readonly url: string;
  /** Where machines boot from, if they can. */
  readonly bootUrl: string | undefined;
  readonly expected: Expected;
  readonly configuration: Configuration;
  /** The jobs of this datacenter's validation images. */
  readonly jobs: JobQueue;
  status(): AgentStatus;
  stop(): Promise<void>;
}

/**
 * The agent of one datacenter: hears what happens there, boots its machines, keeps what it saw, and tells the platform
 * as soon as it can. It never waits for the platform. Only what is configured runs.
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { datacenter, folder, identity, platform, log, time = systemScheduler, onRelease = () => {} } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // What was started is ended in reverse, also where the rest cannot be started.
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
            leaseFaults.record(`machines that were unknown could not be looked at again: ${explain(error)}`),
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

    // Before it is known which networks are theirs, nothing is done at management controllers.
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
            log.answerNotKept({ datacenter, commandId: id, reason: explain(error) });
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
      // A door of its own: whoever sits in a BMC reaches nothing else of the agent.
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
    started.push(stopBmcs); // which may take a while: until then it hears and tells what happens
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

/** Nothing can be asked before the agent has an identity. With each new one everything is asked at once. */
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
