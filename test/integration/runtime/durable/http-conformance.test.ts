import { createMemoryEngine } from '../../../../runtime/durable/memory/engine.ts';
import { createPostgresEngine } from '../../../../runtime/durable/postgres/engine.ts';
import { testedOptions } from '../../../kit/conformance/harness.ts';
import { withinRealTime } from '../../../kit/conformance/real-time.ts';
import { describeEngineHttpConformance } from '../../../kit/conformance/suite.ts';
import { createTestDatabase, patient } from '../../../kit/database.ts';

describeEngineHttpConformance('memory', async (app) => {
  const engine = createMemoryEngine(app, testedOptions);
  await engine.start();
  return engine;
});

describeEngineHttpConformance('PostgreSQL', async (app) => {
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
