// The process: settings from the environment, an agent for each datacenter it names, one line on stdout when they listen.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { getCACertificates } from 'node:tls';
import { BadSettings } from '../shared/config.ts';
import { createLogger } from '../shared/log/log.ts';
import { startAgent, type Agent } from './agent.ts';
import { createDoor } from './identity/door.ts';
import { Identity } from './identity/identity.ts';
import { IdentityFiles } from './identity/identity-files.ts';
import { createEdgeLog } from './log.ts';
import { readEdgeSettings } from './settings.ts';
import { systemTime } from './time.ts';
import { createPlatform } from './uplink/platform.ts';
import { version } from './version.ts';

async function main(): Promise<void> {
  const settings = readEdgeSettings(process.env);
  const log = createEdgeLog(createLogger(settings.LOG_LEVEL));
  const url = settings.EDGE_PLATFORM_URL;
  const authorities = settings.EDGE_PLATFORM_CA === undefined ? undefined : [...getCACertificates('default'), readPem('EDGE_PLATFORM_CA', settings.EDGE_PLATFORM_CA)];
  const agents: Agent[] = [];
  for (const { datacenter, code, address } of settings.agents) {
    const folder = path.join(settings.EDGE_DATA_DIR, datacenter);
    const identity = new Identity({ files: new IdentityFiles(folder), door: createDoor({ url, version }), datacenter, code, authorities, time: systemTime, log });
    agents.push(await startAgent({ datacenter, address, log, folder, identity, journalBytes: settings.EDGE_JOURNAL_MEGABYTES * 1_000_000, platform: createPlatform({ url, datacenter, version, identity }) }));
  }
  const stop = async () => {
    await Promise.all(agents.map((agent) => agent.stop()));
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
  process.stdout.write(`${JSON.stringify({ ready: true, agents: agents.map(({ datacenter, url: at }) => ({ datacenter, url: at })) })}\n`);
}

function readPem(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadSettings(`These settings are not right:\n  ${setting}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof BadSettings ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
