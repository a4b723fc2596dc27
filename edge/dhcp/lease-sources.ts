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

/** The sources of a datacenter's leases; those not named are not used. */
export interface LeaseSettings {
  /** Where the hook of Kea or ISC dhcpd leaves leases. */
  spool?: string | undefined;
  /** Kea's control API: names switch ports, and the leases that were given while the agent was down. */
  kea?: { url: string; credentials?: { user: string; password: Secret } | undefined } | undefined;
  /** ISC dhcpd's leases file: the leases that were given while the agent was down. */
  dhcpdLeases?: string | undefined;
  /** The address at which our own proxyDHCP answers. */
  proxy?: string | undefined;
}

export interface LeaseSourcesStatus {
  /** The names of the configured sources. */
  sources: ('spool' | 'kea' | 'dhcpd' | 'proxy')[];
  /** False until the leases that the DHCP servers held at the start were read. */
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
  /** What the proxy offers to booting machines; it needs a boot server. */
  offer?: Omit<PxeOffer, 'serverAddress' | 'tftpAddress'> | undefined;
  faults: ErrorCounter;
  time: Scheduler;
  log: EdgeLog;
}

const catchUpAgainAfter = minutes(1);

/** Starts every configured source, and reads once the leases that the DHCP servers hold, with retries. */
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

  /** The spool comes first: its leases are not newer than those that the server holds. */
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
      faults.record(`the leases of the DHCP server could not be read; it is tried again: ${explain(error)}`);
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
