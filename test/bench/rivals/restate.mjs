// Restate: its server beside the process, with the settings it ran fastest with embedded; its log is flushed to disk.
// As a process: node test/bench/rivals/restate.mjs <folder for its data>
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http2';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as restate from '@restatedev/restate-sdk';
import * as clients from '@restatedev/restate-sdk-clients';
import { freePort } from '../../../infra/local/postgres.ts';
import { serveChains } from '../engine/chains.ts';

const folder = process.argv[2] ?? '.run';

await serveChains(async (chains) => {
  const chain = restate.workflow({
    name: 'chain',
    handlers: {
      run: async (context, length) => {
        for (let step = 0; step < length; step += 1) {
          await context.run('step', () => {
            chains.stepBegins(context.key);
            return step;
          });
        }
        chains.chainEnds(context.key);
      },
    },
  });
  const workers = createServer(
    { settings: { maxConcurrentStreams: 1_000 } },
    restate
      .endpoint()
      .setLogger(() => {})
      .bind(chain)
      .http2Handler(),
  ).listen(0, '127.0.0.1');
  await once(workers, 'listening');
  const { server, ingress } = await startServer(`http://127.0.0.1:${workers.address().port}`);
  const client = clients.connect({ url: ingress });
  return {
    servers: [server.pid],
    start: (id, length) => client.workflowClient(chain, id).workflowSubmit(length),
    stop: async () => {
      if (server.exitCode !== null || server.signalCode !== null) return; // Ctrl-C reached it, too
      const gone = once(server, 'exit');
      server.kill();
      await gone;
    },
  };
});

/** Starts the server and tells it where the workflows are. */
async function startServer(workers) {
  const binary = createRequire(import.meta.url).resolve(
    `@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`,
  );
  const [node, ingress, admin] = [await freePort(), await freePort(), await freePort()];
  mkdirSync(folder, { recursive: true });
  const settings = path.join(folder, 'restate.toml');
  writeFileSync(
    settings,
    [
      'node-name = "bench"',
      'cluster-name = "bench"',
      `base-dir = ${JSON.stringify(path.join(folder, 'data'))}`,
      'listen-mode = "tcp"',
      'bind-ip = "127.0.0.1"',
      `bind-port = ${node}`,
      'disable-telemetry = true',
      'log-filter = "warn"',
      'default-num-partitions = 4',
      'rocksdb-total-memory-size = "128.0 MiB"',
      '[ingress]',
      `bind-address = "127.0.0.1:${ingress}"`,
      '[admin]',
      `bind-address = "127.0.0.1:${admin}"`,
    ].join('\n'),
  );
  const log = openSync(path.join(folder, 'restate.log'), 'a');
  const server = spawn(binary, ['--config-file', settings, '--no-logo'], {
    stdio: ['ignore', log, log],
    env: { ...process.env, DO_NOT_TRACK: '1' },
  });
  process.on('exit', () => server.kill());
  while (
    !(await answers(`http://127.0.0.1:${admin}/health`)) ||
    !(await answers(`http://127.0.0.1:${ingress}/restate/health`))
  ) {
    if (server.exitCode !== null)
      throw new Error(`Restate did not start; its log is ${path.join(folder, 'restate.log')}.`);
    await delay(20);
  }
  const registered = await fetch(`http://127.0.0.1:${admin}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uri: workers, force: true }),
  });
  if (!registered.ok) throw new Error(`Restate did not take the workflows: ${await registered.text()}`);
  return { server, ingress: `http://127.0.0.1:${ingress}` };
}

function answers(url) {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
