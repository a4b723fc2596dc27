import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import type { DurableApp } from '../../../../runtime/durable/contract/engine.ts';
import { createMemoryEngine } from '../../../../runtime/durable/memory/engine.ts';
import { broken } from '../../../kit/conformance/app.ts';
import { loadConformanceApp } from '../../../kit/conformance/load.ts';
import { recordHistory, replayHistory, type RecordedHistory } from '../../../kit/conformance/replay.ts';

const folder = path.resolve('test/fixtures/histories');
const read = (file: string) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as RecordedHistory;

let app: DurableApp;
beforeAll(async () => {
  app = await loadConformanceApp();
});

it.each(readdirSync(folder).filter((file) => file.endsWith('.json')))(
  '%s is played as it was recorded',
  async (file) => {
    await replayHistory(app, read(file));
  },
);

it('says where code that was changed departs from a recorded history', async () => {
  broken.delete('redeployed');
  const engine = createMemoryEngine(app);
  await engine.client.start({ name: 'redeployed', instanceId: 'old' });
  for (let event = 0; event < 2; event += 1) await engine.client.raiseEvent('old', 'go', null);
  await engine.runToEnd('old');
  const recorded = await recordHistory(engine.client, 'old');
  await replayHistory(app, recorded);

  broken.add('redeployed');
  const replayed = replayHistory(app, recorded);
  await expect(replayed).rejects.toThrow(/'redeployed' no longer does what instance 'old' did/);
  await expect(replayed).rejects.toThrow(/\n {2}then: #1 activity echo 2\n {2}now: {2}#1 activity upper 2/);
});

it('notices a changed input, which the engine itself does not', async () => {
  const recorded = read('chain.json');
  const history = recorded.history.map((event) =>
    'Input' in event && event.EventId === 1 ? { ...event, Input: '{"a":"HI","n":2}' } : event,
  );
  await expect(replayHistory(app, { ...recorded, history })).rejects.toThrow('then: #1 activity echo {"a":"HI","n":2}');
});
