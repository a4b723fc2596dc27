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
  /** The networks that management controllers of this datacenter are in. */
  managementPrefixes(): readonly string[];
  /** Where `routes` answer to management controllers; undefined where they do not. */
  eventsUrl: string | undefined;
  /** The controllers that are to be watched. */
  targets(): Iterable<BmcTarget>;
  /** Resolves when the readings are on disk. */
  report(readings: BmcReading[]): Promise<void>;
  /** Resolves to whether it is on disk. */
  answer(command: { id: string; serverId: string }, outcome: CommandOutcome): Promise<boolean>;
}

/** All that has to do with the management controllers of a datacenter: this alone holds sessions with them. */
export interface Bmcs {
  status(): { commands: ReceiverStatus; poller: PollerStatus; eventSubscriptions: EventSubscriptionsStatus };
  /** Where controllers tell of events. */
  routes: Routes;
  /** Takes nothing new, lets what is under way end, and logs out everywhere. */
  stop(): Promise<void>;
}

/** How many controllers are spoken to at once, within the process: more slows all of them down. */
const slots = { command: 100, poll: 100 };
/** A session is kept from one look at a controller to the next: each login is an entry in its log. */
const lingerMilliseconds = 6 * 60_000;
/** How soon to ask again about an update or an erasure. */
const pollAfterSeconds = 30;
const ledgerKeeps = hours(24);

/**
 * Starts what speaks to controllers. They come with certificates that they have signed themselves, so whose certificate
 * it is is not asked (`tls: 'insecure'`) until hardening installs one of ours. In its place stands where they are:
 * nothing outside the datacenter's management prefixes is ever spoken to, and those networks are isolated. `mayReach`
 * says so early and by the server's address; `mayConnect` says so of the address of every connection, whatever led to
 * it.
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
