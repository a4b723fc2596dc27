import path from 'node:path';
import { createRedfish } from '../../shared/adapters/redfish/client.ts';
import type { BmcReading, CommandOutcome } from '../../shared/api/edge.ts';
import { hours } from '../../shared/clock.ts';
import type { BmcTarget } from '../../shared/ports/bmc.ts';
import { Executor } from '../commands/executor.ts';
import { CommandLedger } from '../commands/ledger.ts';
import { Receiver, type ReceiverStatus } from '../commands/receiver.ts';
import type { EdgeLog } from '../log.ts';
import type { EdgeTime } from '../time.ts';
import type { Platform } from '../uplink/platform.ts';
import { BmcKeeper } from './keeper.ts';
import { liesWithin } from './networks.ts';
import { Poller, type PollerStatus } from './poller.ts';
import { EdgeSecrets } from './secrets.ts';

export interface BmcsOptions {
  datacenter: string;
  /** The agent's own folder. */
  folder: string;
  platform: Platform;
  time: EdgeTime;
  log: EdgeLog;
  /** The networks that management controllers of this datacenter are in. */
  managementPrefixes(): readonly string[];
  /** The controllers that are to be watched. */
  targets(): Iterable<BmcTarget>;
  /** Resolves when the readings are on disk. */
  report(readings: BmcReading[]): Promise<void>;
  /** Resolves to whether it is on disk. */
  answer(command: { id: string; serverId: string }, outcome: CommandOutcome): Promise<boolean>;
}

/** All that has to do with the management controllers of a datacenter: this alone holds sessions with them. */
export interface Bmcs {
  status(): { commands: ReceiverStatus; poller: PollerStatus };
  /** Takes nothing new, lets what is under way end, and logs out everywhere. */
  stop(): Promise<void>;
}

/** How many controllers are spoken to at once, within the process: more slows all of them down. */
const places = { command: 100, poll: 100 };
/** A session is kept from one look at a controller to the next: each login is an entry in its log. */
const lingerMilliseconds = 6 * 60_000;
/** How soon to ask again about an update or an erasure. */
const pollAfterSeconds = 30;
const ledgerKeeps = hours(24);

export async function startBmcs({ datacenter, folder, platform, time, log, managementPrefixes, targets, report, answer }: BmcsOptions): Promise<Bmcs> {
  const ledger = new CommandLedger(path.join(folder, 'commands.db'));
  ledger.forget(time.now() - ledgerKeeps);
  const secrets = new EdgeSecrets({ platform, now: () => time.now() });
  const keeper = new BmcKeeper({ places });
  const redfish = createRedfish({ secrets, lingerMilliseconds, pollAfterSeconds });
  const mayReach = (address: string) => liesWithin(managementPrefixes(), address);
  const executor = new Executor({
    datacenter, bmc: redfish, keeper, ledger, answer, now: () => time.now(),
    forgetSecrets: (refs) => refs.forEach((ref) => secrets.forget(ref)),
    mayReach,
  });
  await executor.settle();
  const receiver = new Receiver({ datacenter, platform, executor, time, log, places: places.command });
  const poller = new Poller({ targets: () => [...targets()].filter(({ address }) => mayReach(address)), bmc: redfish, keeper, isActive: () => receiver.isActive, report, time });
  receiver.start();
  poller.start();
  return {
    status: () => ({ commands: receiver.status(), poller: poller.status() }),
    stop: async () => {
      await Promise.all([receiver.stop(), poller.stop()]);
      await redfish.close();
      ledger.close();
    },
  };
}
