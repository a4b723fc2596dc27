import { expect } from '@jest/globals';
import { createMemoryEngine } from '../../../../runtime/durable/memory/engine.ts';
import { crossChecked } from '../../../kit/conformance/cross-check.ts';
import { testedOptions } from '../../../kit/conformance/harness.ts';
import { describeEngineConformance } from '../../../kit/conformance/suite.ts';

describeEngineConformance('memory', async (app) => {
  const check = crossChecked(app);
  const engine = createMemoryEngine(check.app, testedOptions);
  await engine.start();
  return {
    ...engine,
    stop: async () => {
      await engine.stop();
      process.stdout.write(`cross-check: ${check.compared} replays compared with the SDK's own numbers\n`);
      expect(check.disagreements).toEqual([]);
      expect(check.compared).toBeGreaterThan(500);
    },
  };
});
