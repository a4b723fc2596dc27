import { app, type InvocationContext } from '@azure/functions';
import { beforeEach, expect, it } from '@jest/globals';
import {
  FunctionsCore,
  installFunctionsCore,
  triggerOf,
  type LogEntry,
} from '../../../../runtime/core/functions-core.ts';
import { invoke, invokeLive, type InvocationRequest } from '../../../../runtime/core/invoke.ts';
import type { TypedData } from '../../../../runtime/core/typed-data.ts';

let core: FunctionsCore;
let logged: LogEntry[];
beforeEach(() => {
  logged = [];
  core = new FunctionsCore({ log: (entry) => logged.push(entry) });
  installFunctionsCore(core);
});

const fnOf = (name: string) => {
  const fn = core.find(name);
  if (!fn) throw new Error(`There is no function '${name}'.`);
  return fn;
};
const call = (name: string, data: TypedData, rest: Partial<InvocationRequest> = {}) => {
  const fn = fnOf(name);
  return invoke(core, fn, { inputData: [{ name: triggerOf(fn).name, data }], ...rest });
};

it('calls the hooks around the function, with what they share', async () => {
  const order: string[] = [];
  app.hook.preInvocation((context) => {
    order.push('before');
    context.hookData['mark'] = 7;
    context.inputs = ['replaced'];
  });
  app.hook.postInvocation((context) => {
    order.push(`after, ${String(context.hookData['mark'])}, ${String(context.result)}`);
    context.result = 'changed';
  });
  app.storageQueue('each', {
    queueName: 'q',
    connection: 'c',
    handler: (message) => void order.push(`function got ${String(message)}`),
  });
  const { result, response, hookData } = await call('each', { string: 'given' });
  expect(order).toEqual(['before', 'function got replaced', 'after, 7, undefined']);
  expect(result).toBe('changed');
  expect(response.returnValue).toEqual({ string: 'changed' });
  expect(hookData).toEqual({ mark: 7 });
});

it('runs the hooks after a failure too, and lets them take it back', async () => {
  app.storageQueue('fails', {
    queueName: 'q',
    connection: 'c',
    handler: () => {
      throw new Error('broken');
    },
  });
  await expect(call('fails', { string: 'x' })).rejects.toThrow('broken');
  app.hook.postInvocation((context) => {
    context.error = null;
    context.result = 'rescued';
  });
  expect((await call('fails', { string: 'x' })).result).toBe('rescued');
});

it('hands text that is JSON over as its value, metadata in camel case, and collects outputs', async () => {
  let seen: { message: unknown; metadata: unknown } | undefined;
  app.generic('listen', {
    trigger: { type: 'queueTrigger', name: 'message' },
    extraOutputs: [{ type: 'queue', name: 'copy' }],
    handler: (message: unknown, context: InvocationContext) => {
      seen = { message, metadata: context.triggerMetadata };
      context.extraOutputs.set('copy', { copied: true });
    },
  });
  const { response } = await call(
    'listen',
    { string: '{"a":1}' },
    { triggerMetadata: { DequeueCount: { json: '2' }, Id: { string: 'abc' } } },
  );
  expect(seen).toEqual({ message: { a: 1 }, metadata: { dequeueCount: 2, id: 'abc' } });
  expect(response.outputData).toEqual([{ name: 'copy', data: { json: '{"copied":true}' } }]);
});

it('passes trace and retry context on, and logs under the name of the function', async () => {
  let context: InvocationContext | undefined;
  app.storageQueue('logs', {
    queueName: 'q',
    connection: 'c',
    handler: (_, given) => {
      context = given;
      given.log('hello');
    },
  });
  const { invocationId } = await call(
    'logs',
    { string: 'x' },
    {
      invocationId: 'call-1',
      traceContext: { traceParent: '00-1-2-01', traceState: '' },
      retryContext: { retryCount: 1, maxRetryCount: 3 },
    },
  );
  expect(invocationId).toBe('call-1');
  expect(context).toMatchObject({
    invocationId: 'call-1',
    functionName: 'logs',
    traceContext: { traceParent: '00-1-2-01' },
    retryContext: { retryCount: 1, maxRetryCount: 3 },
  });
  expect(logged).toEqual([
    { level: 'information', category: 'user', message: 'hello', functionName: 'logs', invocationId: 'call-1' },
  ]);
});

it('hands a live trigger over as the object it is', async () => {
  const payload = { self: 1 };
  app.generic('live', { trigger: { type: 'someTrigger', name: 'it' }, handler: (given: unknown) => given });
  expect((await invokeLive(core, fnOf('live'), { inputData: [], liveTrigger: payload })).result).toBe(payload);
});

it('refuses input for a binding the function does not have', async () => {
  app.storageQueue('strict', { queueName: 'q', connection: 'c', handler: () => {} });
  await expect(invoke(core, fnOf('strict'), { inputData: [{ name: 'other', data: {} }] })).rejects.toThrow(
    'Failed to find binding "other"',
  );
});

it('says what is wrong when the library was never loaded with a host', async () => {
  const alone = new FunctionsCore();
  const fn = { id: 'x', name: 'x', metadata: { name: 'x', bindings: {} }, callback: () => {} };
  await expect(invoke(alone, fn, { inputData: [] })).rejects.toThrow("'@azure/functions' has not introduced itself");
});
