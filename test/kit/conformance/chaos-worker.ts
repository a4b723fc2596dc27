// A process that works on durable instances until it is killed. Arguments: database URL, silence in milliseconds.
import { Pool } from 'pg';
import { FunctionsCore, installFunctionsCore } from '../../../runtime/core/functions-core.ts';
import { startApp } from '../../../runtime/core/load.ts';
import { createDurableApp } from '../../../runtime/durable/durable-app.ts';
import { createPostgresEngine } from '../../../runtime/durable/postgres/engine.ts';
import { registerChaosApp } from './chaos-app.ts';

const [url = '', silence = '10000'] = process.argv.slice(2);
const ledger = new Pool({ connectionString: url, max: 4 });
ledger.on('error', () => {});
const core = new FunctionsCore();
installFunctionsCore(core);
registerChaosApp(
  async (instanceId, step) =>
    void (await ledger.query('INSERT INTO ledger (instance_id, step, pid) VALUES ($1, $2, $3)', [
      instanceId,
      step,
      process.pid,
    ])),
);
await startApp(core, '.');
const engine = createPostgresEngine(createDurableApp(core), { url, silenceMilliseconds: Number(silence) });
await engine.start();
process.stdout.write('working\n');
