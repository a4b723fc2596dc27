import { isIPv4 } from 'node:net';
import path from 'node:path';
import type { Scheduler } from '../../shared/kernel/scheduler.ts';
import type { PxeOffer } from '../dhcp/answer-pxe.ts';
import type { Architecture } from '../dhcp/architecture.ts';
import type { JobQueue } from '../image-jobs/job-queue.ts';
import { ReportIntake } from '../image-jobs/report-intake.ts';
import { BootTokens } from '../image-jobs/tokens.ts';
import type { ErrorCounter } from '../kernel/error-counter.ts';
import type { Address } from '../kernel/listener.ts';
import type { EdgeLog } from '../kernel/log.ts';
import type { ReportedCache } from '../kernel/reported-cache.ts';
import type { Store } from '../kernel/store.ts';
import type { Emit } from '../platform/emit.ts';
import type { Expected } from '../platform/expected.ts';
import { bootChoices } from './boot-for.ts';
import { startBootServer } from './boot-server.ts';
import { BootTracker } from './boot-tracker.ts';
import { readImageFolder } from './image-folder.ts';
import type { PaceStatus } from './pace.ts';
import { startTftp, type Tftp, type TftpStatus } from './tftp.ts';
import { fillTftpDirectory } from './tftpd.ts';

export interface BootSettings {
  listen: Address;
  /** The address as machines reach it, where that is another one. */
  url?: string | undefined;
  imageDirectory: string;
  architectures: readonly Architecture[];
  /** For the kernel's command line. */
  arguments: string;
  /** How many machines may fetch the image at once. */
  slots: number;
  /** The folder for iPXE loaders, and the address at which the agent serves it by TFTP, if it does. */
  tftp?: { directory: string; address?: string | undefined } | undefined;
}

export interface BootingStatus {
  url: string;
  /** The version of the validation image. */
  image: string;
  /** Machines that fetch the image now, and those that wait for a slot. */
  pace: PaceStatus;
  /** Since the start. */
  answers: Record<'image' | 'disk' | 'hold' | 'queue', number>;
  reports: number;
  refused: number;
  tftp: TftpStatus | null;
}

export interface Booting {
  /** The address as machines reach it. */
  readonly url: string;
  /** What a proxyDHCP tells machines. */
  readonly offer: Omit<PxeOffer, 'serverAddress' | 'tftpAddress'>;
  status(): BootingStatus;
  stop(): Promise<void>;
}

export interface BootingOptions {
  datacenter: string;
  folder: string;
  settings: BootSettings;
  expected: Expected;
  store: Store;
  reported: ReportedCache;
  emit: Emit;
  jobs: JobQueue;
  faults: ErrorCounter;
  time: Scheduler;
  log: EdgeLog;
}

/**
 * Everything that machines need to boot: iPXE for their ROMs, a script by the state of their server, the image, and the
 * address for its reports.
 */
export async function startBooting({
  datacenter,
  folder,
  settings,
  expected,
  store,
  reported,
  emit,
  jobs,
  faults,
  time,
  log,
}: BootingOptions): Promise<Booting> {
  const { listen, url, imageDirectory, architectures, slots, tftp: tftpSettings } = settings;
  const { kernel, initrd, version } = await readImageFolder(imageDirectory);
  if (tftpSettings) await fillTftpDirectory(tftpSettings.directory);
  const tokens = new BootTokens({ store, clock: time });
  const tracker = new BootTracker({ datacenter, expected, tokens, reported, emit, time, log, onFault: faults.record });
  const reports = new ReportIntake({
    datacenter,
    tokens,
    expected,
    jobs,
    runsImage: (state) => bootChoices[state] === 'image',
    reported,
    emit,
    log,
    onFault: faults.record,
    address: addressOf(settings),
  });
  const answers: BootingStatus['answers'] = { image: 0, disk: 0, hold: 0, queue: 0 };

  const server = await startBootServer({
    ...listen,
    baseUrl: url,
    filesDirectory: imageDirectory,
    loadersDirectory: tftpSettings?.directory,
    transfers: slots,
    clock: time,
    onFault: faults.record,
    images: Object.fromEntries(
      architectures.map((architecture) => [architecture, { kernel, initrd, arguments: settings.arguments }]),
    ),
    stateOf: (mac) => tracker.stateOf(mac),
    tokenFor: (mac) => tracker.tokenFor(mac),
    onReport: (call) => reports.answer(call),
    onBoot: (request, answer) => {
      answers[answer.choice] += 1;
      tracker.heard(request, answer);
    },
  });
  const tftp: Tftp | undefined =
    tftpSettings?.address === undefined
      ? undefined
      : startTftp({
          datacenter,
          directory: tftpSettings.directory,
          address: tftpSettings.address,
          pidFile: path.join(folder, 'tftpd.pid'),
          time,
          log,
        });
  log.bootServes({ datacenter, url: server.baseUrl, reason: version });
  return {
    url: server.baseUrl,
    offer: { scriptUrl: `${server.baseUrl}/boot.ipxe`, filesUrl: `${server.baseUrl}/files/` },
    status: () => ({
      url: server.baseUrl,
      image: version,
      pace: server.pace(),
      answers: { ...answers },
      ...reports.status(),
      tftp: tftp?.status() ?? null,
    }),
    stop: async () => {
      await server.close();
      await tftp?.stop();
    },
  };
}

/** The IPv4 address at which machines reach the agent; undefined where there is none. */
const addressOf = ({ listen, url }: BootSettings): string | undefined =>
  [url === undefined ? '' : new URL(url).hostname, listen.host].find((host) => isIPv4(host));
