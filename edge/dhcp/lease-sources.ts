import { minutes } from '../../shared/kernel/durations.ts';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import type { Scheduler } from '../../shared/kernel/scheduler.ts';
import type { Secret } from '../../shared/kernel/secret.ts';
import type { ErrorCounter } from '../kernel/error-counter.ts';
import type { EdgeLog } from '../kernel/log.ts';
import type { PxeOffer } from './answer-pxe.ts';
import { readIscLeasesFile } from './isc-leases.ts';
import { createKeaControl, withCircuit } from './kea-control.ts';
import type { LeaseTracker } from './lease-tracker.ts';
import { catchUp, type Lease } from './lease.ts';
import { startProxyDhcp } from './proxy-dhcp.ts';
import { watchSpool } from './spool.ts';

/** Where a datacenter's leases come from. What is not named is not there. */
export interface LeaseSettings {
  /** Where the hook of Kea or ISC dhcpd leaves leases. */
  spool?: string | undefined;
  /** Kea's control API: tells switch ports, and what was leased while the agent was away. */
  kea?: { url: string; credentials?: { user: string; password: Secret } | undefined } | undefined;
  /** ISC dhcpd's leases file: what was leased while the agent was away. */
  dhcpdLeases?: string | undefined;
  /** The address at which our own proxyDHCP answers. */
  proxy?: string | undefined;
}

export interface LeaseSourcesStatus {
  /** The names of those that are there. */
  sources: ('spool' | 'kea' | 'dhcpd' | 'proxy')[];
  /** False until what the DHCP servers held at the start has been read. */
  isCaughtUp: boolean;
}

export interface LeaseSources {
  status(): LeaseSourcesStatus;
  stop(): Promise<void>;
}

export interface LeaseSourcesOptions {
  datacenter: string;
  settings: LeaseSettings;
  tracker: LeaseTracker;
  /** What the proxy tells booting machines; it needs a boot server. */
  offer?: Omit<PxeOffer, 'serverAddress' | 'tftpAddress'> | undefined;
  faults: ErrorCounter;
  time: Scheduler;
  log: EdgeLog;
}

const catchUpAgainAfter = minutes(1);

/**
 * Listens to every source that is configured, and reads once what the DHCP servers hold: it is tried again until it is
 * read.
 */
export async function startLeaseSources({
  datacenter,
  settings,
  tracker,
  offer,
  faults,
  time,
  log,
}: LeaseSourcesOptions): Promise<LeaseSources> {
  const { spool: directory, kea: reach, dhcpdLeases, proxy: address } = settings;
  const kea =
    reach && createKeaControl({ baseUrl: reach.url, ...(reach.credentials && { credentials: reach.credentials }) });
  const take = (lease: Lease) => tracker.take(lease);
  let isCaughtUp = kea === undefined && dhcpdLeases === undefined;
  let isStopped = false;
  let cancel: (() => void) | undefined;

  const proxy =
    address !== undefined && offer
      ? await startProxyDhcp({
          ...offer,
          serverAddress: address,
          tftpAddress: address,
          onLease: take,
          onFault: faults.record,
        })
      : undefined;
  const spool =
    directory === undefined
      ? undefined
      : await watchSpool({
          directory,
          onLease: kea ? withCircuit(kea, take, faults.record) : take,
          onFault: faults.record,
        }).catch(async (error: unknown) => {
          await proxy?.close();
          throw error;
        });

  /** What the hook left comes first: it is older than, or the same as, what the server holds. */
  async function readWhatIsHeld(): Promise<void> {
    await spool?.drain();
    let count = 0;
    if (kea) count += await catchUp(kea.leases(), (lease) => tracker.takeHeld(lease));
    if (dhcpdLeases !== undefined)
      count += await catchUp(await readIscLeasesFile(dhcpdLeases), (lease) => tracker.takeHeld(lease));
    isCaughtUp = true;
    log.caughtUp({ datacenter, count });
  }

  function catchUpNow(): void {
    readWhatIsHeld().catch((error: unknown) => {
      if (isStopped) return;
      faults.record(`what the DHCP server holds could not be read, and is tried again: ${explain(error)}`);
      cancel = time.schedule(time.now() + catchUpAgainAfter, catchUpNow);
    });
  }
  if (!isCaughtUp) catchUpNow();

  const sources = (['spool', 'kea', 'dhcpd', 'proxy'] as const).filter(
    (name) => ({ spool, kea, dhcpd: dhcpdLeases, proxy })[name] !== undefined,
  );
  return {
    status: () => ({ sources, isCaughtUp }),
    stop: async () => {
      isStopped = true;
      cancel?.();
      await spool?.stop();
      await proxy?.close();
    },
  };
}
