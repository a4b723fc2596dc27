import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { steps } from '../../../activities/index.ts';
import { sagas } from '../../../orchestrations/index.ts';
import { FunctionsCore, installFunctionsCore } from '../../../runtime/core/functions-core.ts';
import { startApp } from '../../../runtime/core/load.ts';
import { createDurableApp } from '../../../runtime/durable/durable-app.ts';
import { catalogue } from '../../../shared/domain/catalogue.ts';
import { topicOf } from '../../../shared/events/event-type.ts';
import { registerSagas } from '../../../shared/saga/register.ts';
import { replayHistory, type RecordedHistory } from '../../kit/conformance/replay.ts';
import {
  decommission,
  discoveryInTrouble,
  maintenance,
  orderFromStock,
  orderOfBought,
  validationInTrouble,
} from '../../kit/fault-stories.ts';
import { keepHistories, keptHistories, recordStory } from '../../kit/saga-histories.ts';
import { aTestPlatform, type TestPlatform } from '../../kit/test-platform.ts';

/**
 * Every saga tells its story once, and what the engine wrote down of it is played again. With RECORD_HISTORIES=1
 * it also becomes what test/unit/orchestrations/histories.test.ts plays from then on:
 *   RECORD_HISTORIES=1 npm test -- --selectProjects integration --testPathPatterns sagas/histories
 * Record anew only where no instance of the old story can be in flight anywhere.
 */
const isRecording = process.env['RECORD_HISTORIES'] === '1';
const recorded = new Map<string, RecordedHistory>();

let w: TestPlatform;
beforeAll(async () => {
  w = await aTestPlatform();
  const stories = [
    ['bought', orderOfBought, 'dc-nyc-01'],
    ['stock', orderFromStock, 'dc-fra-01'],
    ['maintenance', maintenance, 'dc-nyc-01'],
    ['decommission', decommission, 'dc-nyc-01'],
    ['discovery-in-trouble', discoveryInTrouble, 'dc-lon-01'],
    ['validation-in-trouble', validationInTrouble, 'dc-sin-01'],
  ] as const;
  for (const [name, story, datacenter] of stories)
    for (const [file, history] of await recordStory(w, name, story, datacenter)) recorded.set(file, history);
});
afterAll(() => w.close());

it('tells every story there is', () => {
  expect([...new Set([...recorded.values()].map(({ name }) => name))].sort()).toEqual(
    sagas.map(({ name }) => name).sort(),
  );
});

it('writes no event that is not what its topic promises', async () => {
  const written = await w.db.many(
    z.object({ type: z.string(), data: z.unknown() }),
    'SELECT type, data FROM event_log',
  );
  const odd = written.flatMap(({ type, data }) => {
    const schema = catalogue.find(({ topic }) => topic === topicOf(type))?.data;
    const result = schema?.safeParse(data);
    return result?.success ? [] : [`${type}: ${result ? result.error.message : 'no such topic'}`];
  });
  expect(odd).toEqual([]);
  expect(new Set(written.map(({ type }) => type)).size).toBeGreaterThan(25);
});

it('plays again what was just written down', async () => {
  const core = new FunctionsCore();
  installFunctionsCore(core);
  registerSagas(sagas, steps, w.deps);
  await startApp(core, '.');
  const app = createDurableApp(core);
  for (const history of recorded.values()) await replayHistory(app, history);
});

it(
  isRecording ? 'keeps the histories for later code' : 'has kept a history of each of these sagas for later code',
  () => {
    if (isRecording) keepHistories(recorded);
    expect(keptHistories()).toEqual(expect.arrayContaining([...recorded.keys()]));
  },
);
