// Our PostgreSQL engine, with real orchestrators and activities of `durable-functions`.
// As a process: node test/bench/engine/rackline.ts <database>
import * as df from 'durable-functions';
import { FunctionsCore } from '../../../runtime/core/functions-core.ts';
import { installFunctionsCore } from '../../../runtime/core/install.ts';
import { startApp } from '../../../runtime/core/load.ts';
import { createDurableApp } from '../../../runtime/durable/durable-app.ts';
import { createPostgresEngine } from '../../../runtime/durable/postgres/engine.ts';
import { serveChains } from './chains.ts';

await serveChains(async (chains) => {
  const core = new FunctionsCore();
  installFunctionsCore(core);
  df.app.activity('step', {
    handler: ({ id, step }: { id: string; step: number }) => {
      chains.stepBegins(id);
      return step;
    },
  });
  df.app.orchestration('chain', function* (context) {
    const id = context.df.instanceId;
    const { length } = context.df.getInput<{ length: number }>();
    for (let step = 0; step < length; step += 1) yield context.df.callActivity('step', { id, step });
    chains.chainEnds(id);
  });
  await startApp(core, '.');
  const [url = ''] = process.argv.slice(2);
  const engine = createPostgresEngine(createDurableApp(core), { url, maxConnections: 10 });
  await engine.start();
  return {
    start: (instanceId, length) =>
      engine.client.start({ name: 'chain', instanceId, input: JSON.stringify({ length }) }),
    stop: () => engine.stop(),
  };
});
