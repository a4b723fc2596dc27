import { createPostgresEngine } from '../../../../runtime/durable/postgres/engine.ts';
import { testedOptions } from '../../../kit/conformance/harness.ts';
import { withinRealTime } from '../../../kit/conformance/real-time.ts';
import { describeEngineConformance } from '../../../kit/conformance/suite.ts';
import { createTestDatabase, patient } from '../../../kit/database.ts';

describeEngineConformance('PostgreSQL', async (app) => {
  const database = await createTestDatabase();
  const engine = createPostgresEngine(app, { url: database.url, limits: patient, ...testedOptions });
  await engine.start();
  return {
    client: engine.client,
    runUntil: withinRealTime(engine.client),
    stop: async () => {
      await engine.stop();
      await database.drop();
    },
  };
});
