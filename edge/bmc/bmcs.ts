import path from 'node:path';
import { createRedfish } from '../../shared/adapters/redfish/client.ts';
import type { CommandOutcome } from '../../shared/domain/edge/edge.api.ts';
import type { BmcReading } from '../../shared/domain/health/bmc-reading.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import { containsIp, liesWithin } from '../../shared/kernel/http-client/networks.ts';
import type { Scheduler } from '../../shared/kernel/scheduler.ts';
import type { BmcTarget } from '../../shared/ports/bmc.ts';
import type { Routes } from '../kernel/listener.ts';
import type { EdgeLog } from '../kernel/log.ts';
import type { Store } from '../kernel/store.ts';
import type { Platform } from '../platform/platform.ts';
import { EventSubscriptions, type EventSubscriptionsStatus } from './event-subscriptions.ts';
import { Executor } from './executor.ts';
import { BmcGate } from './gate.ts';
import { CommandLedger } from './ledger.ts';
import { LogCursors } from './log-cursors.ts';
import { openSessionsIn } from './open-sessions.ts';
import { Poller, type PollerStatus } from './poller.ts';
import { Readings } from './readings.ts';
import { Receiver, type ReceiverStatus } from './receiver.ts';
import { Sampler } from './sampler.ts';
import { EdgeSecrets } from './secrets.ts';

export interface BmcsOptions {
  datacenter: string;
  /** The agent's own folder. */
  folder: string;
  store: Store;
  platform: Platform;
  time: Scheduler;
  log: EdgeLog;
  /** The networks of this datacenter's management controllers. */
  managementPrefixes(): readonly string[];
  /** Where controllers reach `routes`; undefined where they cannot. */
  eventsUrl: string | undefined;
  /** The controllers to poll. */
  targets(): Iterable<BmcTarget>;
  /** Resolves when the readings are on disk. */
  report(readings: BmcReading[]): Promise<void>;
  /** Resolves to whether the answer is on disk. */
  answer(command: { id: string; serverId: string }, outcome: CommandOutcome): Promise<boolean>;
}

/** The part of the agent that talks to management controllers; no other part opens sessions with them. */
export interface Bmcs {
  status(): { commands: ReceiverStatus; poller: PollerStatus; eventSubscriptions: EventSubscriptionsStatus };
  /** Where controllers post events. */
  routes: Routes;
  /** Accepts nothing new, lets pending calls end, and logs out everywhere. */
  stop(): Promise<void>;
}

/** How many controllers are spoken to at once by one process; more would slow all of them down. */
const slots = { command: 100, poll: 100 };
/**
 * Longer than the time between two samples, so that a session stays open: each login is an entry in the controller's
 * log.
 */
const lingerMilliseconds = 6 * 60_000;
/** After how many seconds to ask again about an update or an erasure. */
const pollAfterSeconds = 30;
const ledgerKeeps = hours(24);

/**
 * Starts the part that talks to controllers. Controllers have self-signed certificates, so these are not verified
 * (`tls: 'insecure'`) until hardening installs one of ours. Two checks keep connections within the datacenter's
 * management prefixes, which are isolated networks: `mayReach` early, by the server's address; `mayConnect` by the
 * address of every connection, whatever led to it.
 */
export async function startBmcs({
  datacenter,
  folder,
  store,
  platform,
  time,
  log,
  managementPrefixes,
  eventsUrl,
  targets,
  report,
  answer,
}: BmcsOptions): Promise<Bmcs> {
  const ledger = new CommandLedger(path.join(folder, 'commands.db'));
  ledger.forget(time.now() - ledgerKeeps);
  const secrets = new EdgeSecrets({ platform, now: () => time.now() });
  const gate = new BmcGate({ slots });
  const mayConnect = (ip: string) => containsIp(managementPrefixes(), ip);
  const redfish = createRedfish({
    secrets,
    lingerMilliseconds,
    pollAfterSeconds,
    http: { tls: 'insecure', mayConnect },
    openSessions: openSessionsIn(store, time),
  });
  const mayReach = (address: string) => liesWithin(managementPrefixes(), address);
  const executor = new Executor({
    datacenter,
    bmc: redfish,
    gate,
    ledger,
    answer,
    now: () => time.now(),
    forgetSecrets: (refs) => refs.forEach((ref) => secrets.forget(ref)),
    mayReach,
  });
  await executor.settle();
  const receiver = new Receiver({ datacenter, platform, executor, time, log, slots: slots.command });
  const isActive = () => receiver.isActive;
  const cursors = new LogCursors(store, time);
  const readings = new Readings({ report, keepCursor: (serverId, cursor) => cursors.keep(serverId, cursor), time });
  const sampler = new Sampler({
    bmc: redfish,
    time,
    cursorOf: async (serverId) => {
      await readings.settled(serverId);
      return cursors.of(serverId);
    },
  });
  const poller = new Poller({
    targets: () => [...targets()].filter(({ address }) => mayReach(address)),
    sampler,
    readings,
    gate,
    isActive,
    time,
    leave: (target) =>
      void redfish
        .leave(target)
        .catch((error: unknown) =>
          log.sessionNotEnded({ datacenter, serverId: target.serverId, reason: explain(error) }),
        ),
  });
  const eventSubscriptions = new EventSubscriptions({
    controllers: () => poller.controllers(),
    bmc: redfish,
    gate,
    isActive,
    onHint: (serverId) => poller.hint(serverId),
    eventsUrl,
    time,
  });
  receiver.start();
  poller.start();
  eventSubscriptions.start();
  return {
    status: () => ({
      commands: receiver.status(),
      poller: poller.status(),
      eventSubscriptions: eventSubscriptions.status(),
    }),
    routes: eventSubscriptions.routes,
    stop: async () => {
      await Promise.all([receiver.stop(), poller.stop(), eventSubscriptions.stop()]);
      await redfish.close();
      ledger.close();
    },
  };
}
