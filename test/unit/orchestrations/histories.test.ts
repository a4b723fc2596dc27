import { beforeAll, expect, it } from '@jest/globals';
import { steps } from '../../../activities/index.ts';
import { sagas } from '../../../orchestrations/index.ts';
import { FunctionsCore, installFunctionsCore } from '../../../runtime/core/functions-core.ts';
import { startApp } from '../../../runtime/core/load.ts';
import type { DurableApp } from '../../../runtime/durable/contract/engine.ts';
import { createDurableApp } from '../../../runtime/durable/durable-app.ts';
import type { Deps } from '../../../shared/saga/deps.ts';
import { registerSagas } from '../../../shared/saga/register.ts';
import { replayHistory } from '../../kit/conformance/replay.ts';
import { keptHistories, keptHistory, whatToDo } from '../../kit/saga-histories.ts';

/** Sagas are in flight for weeks: what one went through under yesterday's code, today's has to play in the same way. */
let app: DurableApp;
beforeAll(async () => {
  const core = new FunctionsCore();
  installFunctionsCore(core);
  registerSagas(sagas, steps, {} as Deps); // a story that is played again touches nothing
  await startApp(core, '.');
  app = createDurableApp(core);
});

it.each(keptHistories())("%s goes on under today's code as it was recorded", async (name) => {
  await replayHistory(app, keptHistory(name)).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${whatToDo}`);
  });
});

it('keeps a history of every saga', () => {
  expect([...new Set(keptHistories().map((name) => keptHistory(name).name))].sort()).toEqual(
    sagas.map(({ name }) => name).sort(),
  );
});

it('notices a story that does another step than it did', async () => {
  const recorded = keptHistory('maintenance--maintain-server');
  const history = recorded.history.map((event) =>
    'Name' in event && event.Name === 'verify-health' ? { ...event, Name: 'verify-wealth' } : event,
  );
  await expect(replayHistory(app, { ...recorded, history })).rejects.toThrow(/verify-wealth.*verify-health/s);
});
