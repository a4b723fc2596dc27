import { beforeAll, describe, expect, it } from '@jest/globals';
import * as df from 'durable-functions';
import { FunctionsCore, installFunctionsCore } from '../../../../../runtime/core/functions-core.ts';
import { startApp } from '../../../../../runtime/core/load.ts';
import type { DurableApp } from '../../../../../runtime/durable/contract/engine.ts';
import { createDurableApp } from '../../../../../runtime/durable/durable-app.ts';
import { createMemoryEngine } from '../../../../../runtime/durable/memory/engine.ts';

let app: DurableApp;
beforeAll(async () => {
  const core = new FunctionsCore();
  installFunctionsCore(core);
  df.app.activity('rack', { handler: () => 'racked' });
  df.app.activity('ask-carrier', { handler: () => 'not yet' });
  df.app.orchestration('polls', function* (context) {
    yield context.df.callActivity('rack', null);
    const { polls } = context.df.getInput<{ polls: number }>();
    for (let poll = 1; poll <= polls; poll++) {
      yield context.df.callActivity('ask-carrier', { parcel: 7 });
      yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 60_000));
    }
    return 'arrived';
  });
  await startApp(core, '.');
  app = createDurableApp(core);
});

describe('an instance in virtual time', () => {
  const run = async (polls: number) => {
    const engine = createMemoryEngine(app, { callsInARow: 50 });
    await engine.client.start({ name: 'polls', instanceId: 'parcel-7', input: JSON.stringify({ polls }) });
    return engine.runToEnd('parcel-7').finally(() => engine.stop());
  };

  it('that polls for what never comes ends the run, and is named with the activity', async () => {
    await expect(run(1000)).rejects.toThrow(
      "'parcel-7' makes no progress: it has called 'ask-carrier' 51 times in a row, after 'rack'. " +
        'The last call: {"parcel":7}',
    );
  });

  it('may poll as often as that', async () => {
    expect(await run(50)).toMatchObject({ status: 'Completed' });
  });
});
