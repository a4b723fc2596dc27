// The process: settings from the environment, an agent for each datacenter it names, one line on stdout when they listen.
import path from 'node:path';
import { BadSettings } from '../shared/config.ts';
import { createLogger } from '../shared/log/log.ts';
import { startAgent, type Agent } from './agent.ts';
import { createEdgeLog } from './log.ts';
import { readEdgeSettings } from './settings.ts';
import { createPlatform } from './uplink/platform.ts';

async function main(): Promise<void> {
  const settings = readEdgeSettings(process.env);
  const log = createEdgeLog(createLogger(settings.LOG_LEVEL));
  const agents: Agent[] = [];
  for (const { datacenter, client, address } of settings.agents) {
    agents.push(await startAgent({
      datacenter, address, log,
      folder: path.join(settings.EDGE_DATA_DIR, datacenter), journalBytes: settings.EDGE_JOURNAL_MEGABYTES * 1_000_000, pullEveryMilliseconds: settings.EDGE_PULL_SECONDS * 1000,
      platform: createPlatform({ url: settings.EDGE_PLATFORM_URL, issuer: settings.EDGE_ISSUER, datacenter, client }),
    }));
  }
  const stop = async () => {
    await Promise.all(agents.map((agent) => agent.stop()));
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
  process.stdout.write(`${JSON.stringify({ ready: true, agents: agents.map(({ datacenter, url }) => ({ datacenter, url })) })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof BadSettings ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
