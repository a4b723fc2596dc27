// The agent's process: reads settings from the environment, starts an agent per datacenter, and prints one line on
// stdout when all listen.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { getCACertificates } from 'node:tls';
import { parseArgs } from 'node:util';
import { createLogger } from '../shared/kernel/log/log.ts';
import { systemScheduler } from '../shared/kernel/scheduler.ts';
import { BadSettings } from '../shared/kernel/setting-values.ts';
import { startAgent, type Agent } from './agent.ts';
import type { BootSettings } from './boot/booting.ts';
import { createEdgeLog } from './kernel/log.ts';
import { createEnrolmentClient } from './platform/enrolment-client.ts';
import { IdentityFiles } from './platform/identity-files.ts';
import { Identity } from './platform/identity.ts';
import { createPlatform } from './platform/platform.ts';
import { readEdgeSettings, type DatacenterSettings, type EdgeSettings } from './settings.ts';
import { download } from './update/download.ts';
import { readReleaseKey } from './update/release.ts';
import { Updater } from './update/updater.ts';
import { version } from './version.ts';

/** The exit code that makes the launcher start another release. */
const handedOver = 75;

async function main(): Promise<void> {
  const settings = readEdgeSettings(process.env);
  // A launcher of another release may pass more options.
  const { values: said } = parseArgs({
    strict: false,
    options: { launched: { type: 'boolean' }, 'rolled-back': { type: 'string' } },
  });
  const launch = {
    isLaunched: said['launched'] === true,
    rolledBack: typeof said['rolled-back'] === 'string' ? said['rolled-back'] : undefined,
  };
  const log = createEdgeLog(createLogger(settings.LOG_LEVEL));
  const url = settings.EDGE_PLATFORM_URL;
  const authorities =
    settings.EDGE_PLATFORM_CA === undefined
      ? undefined
      : [...getCACertificates('default'), readPem('EDGE_PLATFORM_CA', settings.EDGE_PLATFORM_CA)];
  const key =
    settings.EDGE_RELEASE_KEY === undefined
      ? undefined
      : readReleaseKey(readPem('EDGE_RELEASE_KEY', settings.EDGE_RELEASE_KEY));
  const agents: Agent[] = [];
  const health = { isListening: false, hasHeard: false };

  let stopping: Promise<void> | undefined;
  const stop = (code: number) =>
    (stopping ??= Promise.all(agents.map((agent) => agent.stop())).then(() => process.exit(code)));
  const updater = new Updater({
    folder: path.join(settings.EDGE_DATA_DIR, 'releases'),
    version,
    key,
    log,
    ...launch,
    download: (release, file) => download(release, file, { authorities }),
    handOver: () => void stop(handedOver),
  });

  for (const [
    index,
    { datacenter, code, address, leases, boot, tftpAddress, bmcEvents },
  ] of settings.agents.entries()) {
    const folder = path.join(settings.EDGE_DATA_DIR, datacenter);
    const identity = new Identity({
      files: new IdentityFiles(folder),
      enrolment: createEnrolmentClient({ url, version }),
      datacenter,
      code,
      authorities,
      time: systemScheduler,
      log,
    });
    agents.push(
      await startAgent({
        datacenter,
        address,
        log,
        folder,
        identity,
        journalBytes: settings.EDGE_JOURNAL_MEGABYTES * 1_000_000,
        platform: createPlatform({ url, datacenter, version, identity }),
        leases,
        boot: bootSettings(settings, boot, tftpAddress),
        bmcUrlTemplate: settings.EDGE_BMC_URL,
        bmcEvents,
        // One process runs one release: of several datacenters the first decides which.
        update: updater.status,
        onRelease: (release) => {
          health.hasHeard = true;
          reportHealthy();
          if (index === 0) void updater.consider(release);
        },
      }),
    );
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(0));
  // the launcher has ended: a new one will start a new agent
  if (launch.isLaunched) process.once('disconnect', () => void stop(0));
  health.isListening = true;
  reportHealthy();
  const where = agents.map(({ datacenter, url: at, bootUrl }) => ({ datacenter, url: at, bootUrl }));
  process.stdout.write(`${JSON.stringify({ ready: true, agents: where })}\n`);

  /**
   * Reports that this release works: it listens, has its journal, and has heard from the platform. A release that
   * cannot reach the platform would never learn of a better one.
   */
  function reportHealthy(): void {
    if (launch.isLaunched && health.isListening && health.hasHeard && process.connected)
      process.send?.({ healthy: true });
  }
}

function bootSettings(
  { EDGE_BOOT_IMAGE, EDGE_BOOT_ARCHITECTURES, EDGE_BOOT_ARGUMENTS, EDGE_BOOT_SLOTS, EDGE_TFTP_DIR }: EdgeSettings,
  boot: DatacenterSettings['boot'],
  tftpAddress: string | undefined,
): BootSettings | undefined {
  if (boot === undefined || EDGE_BOOT_IMAGE === undefined) return undefined;
  return {
    ...boot,
    imageDirectory: EDGE_BOOT_IMAGE,
    architectures: EDGE_BOOT_ARCHITECTURES,
    arguments: EDGE_BOOT_ARGUMENTS,
    slots: EDGE_BOOT_SLOTS,
    tftp: EDGE_TFTP_DIR === undefined ? undefined : { directory: EDGE_TFTP_DIR, address: tftpAddress },
  };
}

function readPem(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadSettings(
      `These settings are not right:\n  ${setting}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof BadSettings ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
});
