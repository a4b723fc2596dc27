// DBOS as its documentation has it: a library in the process, its tables in PostgreSQL.
// As a process: node test/bench/rivals/dbos.mjs <database>
import { DBOS } from '@dbos-inc/dbos-sdk';
import pg from 'pg';
import { serveChains } from '../engine/chains.ts';

await serveChains(async (chains) => {
  const chain = DBOS.registerWorkflow(
    async (length) => {
      const id = DBOS.workflowID;
      for (let step = 0; step < length; step += 1) {
        await DBOS.runStep(
          async () => {
            chains.stepBegins(id);
            return step;
          },
          { name: 'step' },
        );
      }
      chains.chainEnds(id);
    },
    { name: 'chain' },
  );
  // Its own pool lets the process die with a connection that breaks.
  const pool = new pg.Pool({ connectionString: process.argv[2], max: 20 });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  DBOS.setConfig({
    name: 'bench',
    systemDatabaseUrl: process.argv[2],
    systemDatabasePool: pool,
    logLevel: 'error',
    useListenNotify: true,
  });
  await DBOS.launch();
  return {
    start: (workflowID, length) => DBOS.startWorkflow(chain, { workflowID })(length),
    stop: async () => {
      await DBOS.shutdown();
      await pool.end();
    },
  };
});
