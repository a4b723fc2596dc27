// The process: settings from the environment, one host, one line on stdout when it is ready.
// Run it with --max-semi-space-size=4. Every fetch-style Request the library makes outlives its request by one
// collection; with Node's larger default such collections pause the process for 30 to 45 ms, with this one for 5.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import { z } from 'zod';
import { readSettings, StartError } from './core/settings.ts';
import { createEngineOf } from './engines.ts';
import { createHostLog } from './host-log.ts';
import { startHost } from './host.ts';

const appFolder = path.resolve(process.argv[2] ?? '.');
const readJson = (name: string): unknown => {
  const file = path.join(appFolder, name);
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new StartError(`The app in ${appFolder} cannot be read`, [
      `${name}: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
};

async function main(): Promise<void> {
  applyLocalSettings();
  const { main: entry } = z.object({ main: z.string() }).parse(readJson('package.json'));
  const settings = readSettings(process.env, readJson('host.json'));
  const output = pino.destination({ fd: 2, sync: false });
  const log = createHostLog({ level: settings.logLevel, replica: settings.replica }, output);
  // What nobody caught may have left anything half done: the supervisor starts a clean process.
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'an error nobody caught; the process ends');
    output.flushSync();
    process.exit(1);
  });

  const host = await startHost({
    app: path.join(appFolder, entry),
    settings,
    createEngine: createEngineOf(settings, log),
    log,
  });
  const stop = async (signal: string) => {
    log.info({ signal }, 'stopping');
    await host.stop();
    output.flushSync();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));
  log.info({ url: host.origin, tlsUrl: host.tlsOrigin, engine: settings.durable.engine }, 'ready');
  process.stdout.write(`${JSON.stringify({ ready: true, url: host.origin })}\n`);
}

/** As the Functions tools do: `Values` of local.settings.json stand in for settings the environment lacks. */
function applyLocalSettings(): void {
  if (!existsSync(path.join(appFolder, 'local.settings.json'))) return;
  const { Values } = z
    .looseObject({ Values: z.record(z.string(), z.coerce.string()).default({}) })
    .parse(readJson('local.settings.json'));
  for (const [name, value] of Object.entries(Values)) process.env[name] ??= value;
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof StartError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
});
