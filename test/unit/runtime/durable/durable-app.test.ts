import type { InvocationContext } from '@azure/functions';
import { beforeEach, expect, it } from '@jest/globals';
import * as df from 'durable-functions';
import {
  FunctionsCore,
  installFunctionsCore,
  type RegisteredFunction,
} from '../../../../runtime/core/functions-core.ts';
import { startApp } from '../../../../runtime/core/load.ts';
import { createDurableApp } from '../../../../runtime/durable/durable-app.ts';

let core: FunctionsCore;
beforeEach(() => {
  core = new FunctionsCore();
  installFunctionsCore(core);
});

it('tells orchestrators, activities and entities apart, whatever the case of the name', async () => {
  df.app.orchestration('Story', function* () {
    return undefined;
  });
  df.app.activity('Deed', { handler: () => {} });
  await startApp(core, '.');
  const app = createDurableApp(core);
  expect([
    app.has('orchestrator', 'story'),
    app.has('activity', 'story'),
    app.has('activity', 'DEED'),
    app.has('entity', 'deed'),
  ]).toEqual([true, false, true, false]);
});

it('hands an activity its input, its instance and what it declared beside', async () => {
  let seen: unknown;
  const clientInput = df.input.durableClient();
  df.app.activity('deed', {
    extraInputs: [clientInput],
    handler: (input: unknown, context: InvocationContext) => {
      seen = { input, metadata: context.triggerMetadata, client: context.extraInputs.get(clientInput) };
    },
  });
  await startApp(core, '.');
  const durableClient = (fn: RegisteredFunction) =>
    Object.entries(fn.metadata.bindings).flatMap(([name, { type }]) =>
      type === 'durableClient' ? [{ name, data: { string: '{"taskHubName":"Hub"}' } }] : [],
    );
  const app = createDurableApp(core, { extraInputs: durableClient });
  expect(await app.runActivity('deed', '{"a":1}', '007')).toBeNull();
  expect(seen).toEqual({
    input: { a: 1 },
    metadata: { instanceId: '007', data: { a: 1 } },
    client: { taskHubName: 'Hub' },
  });
});

it('answers what an activity returned as JSON text, and throws what it threw', async () => {
  df.app.activity('echo', { handler: (input: unknown) => input });
  df.app.activity('bytes', { handler: () => Buffer.from('hi') });
  df.app.activity('fails', {
    handler: () => {
      throw new RangeError('too far');
    },
  });
  await startApp(core, '.');
  const app = createDurableApp(core);
  for (const text of ['{"a":[1]}', '"text"', '5', 'true', '0'])
    expect(await app.runActivity('echo', text, 'i')).toBe(text);
  expect(await app.runActivity('echo', null, 'i')).toBeNull();
  expect(await app.runActivity('bytes', null, 'i')).toBe('"aGk="');
  await expect(app.runActivity('fails', null, 'i')).rejects.toThrow(new RangeError('too far'));
});

it('says what is missing when a function does not exist', async () => {
  const app = createDurableApp(core);
  await expect(app.runActivity('no-such', null, 'i')).rejects.toThrow(
    "The function 'no-such' doesn't exist, is disabled, or is not an activity function.",
  );
  expect(await app.runOrchestrator('no-such', {})).toMatchObject({
    threw: new Error("The function 'no-such' doesn't exist, is disabled, or is not an orchestrator function."),
  });
});
