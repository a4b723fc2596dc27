import { randomUUID } from 'node:crypto';
import type { FunctionCallback, FunctionsCore, InvocationModel, RegisteredFunction } from './functions-core.ts';
import type { TypedData } from './typed-data.ts';

export interface InvocationRequest {
  invocationId?: string;
  /** Trigger and extra inputs; every name must be one of the function's bindings. */
  inputData: readonly { name: string; data: TypedData }[];
  triggerMetadata?: Readonly<Record<string, TypedData>>;
  traceContext?: { traceParent: string; traceState: string; attributes?: Record<string, string> };
  retryContext?: { retryCount: number; maxRetryCount: number; exception?: { message: string; stackTrace?: string } };
  /**
   * Given, it becomes the trigger argument as it is, after the library has made its arguments. Durable payloads
   * are large and ours already: writing them out only for the library to parse costs more than the replay.
   */
  liveTrigger?: object;
}

/** What the library answers to the host, HTTP results and output bindings included. */
export interface InvocationResponse {
  invocationId: string;
  returnValue?: TypedData | null;
  outputData?: { name: string; data: TypedData }[];
}

export interface Invocation {
  invocationId: string;
  /** The library's InvocationContext, as the function saw it. */
  context: unknown;
  /** What the function returned, after the hooks: the live value. */
  result: unknown;
  hookData: Record<string, unknown>;
}

/**
 * One invocation in the order the Functions protocol prescribes: arguments, preInvocation hooks, the function,
 * postInvocation hooks (which may turn an error into a result), response. Throws what the function threw.
 */
export async function invoke(
  core: FunctionsCore,
  fn: RegisteredFunction,
  request: InvocationRequest,
): Promise<Invocation & { response: InvocationResponse }> {
  const { invocation, model } = await run(core, fn, request);
  return {
    ...invocation,
    response: (await model.getResponse(invocation.context, invocation.result)) as InvocationResponse,
  };
}

/** The same, for a caller that wants the live result only: nothing is serialised. */
export async function invokeLive(
  core: FunctionsCore,
  fn: RegisteredFunction,
  request: InvocationRequest,
): Promise<Invocation> {
  return (await run(core, fn, request)).invocation;
}

async function run(
  core: FunctionsCore,
  fn: RegisteredFunction,
  request: InvocationRequest,
): Promise<{ invocation: Invocation; model: InvocationModel }> {
  const {
    invocationId = randomUUID(),
    inputData,
    triggerMetadata = {},
    traceContext = { traceParent: '', traceState: '', attributes: {} },
    retryContext,
    liveTrigger,
  } = request;
  if (!core.programmingModel)
    throw new Error(
      `The function '${fn.name}' cannot run: '@azure/functions' has not introduced itself. Was it imported ` +
        'before installFunctionsCore?',
    );
  const seen: { context?: unknown } = {}; // the log hooks get it, and logging may begin before there is one
  const coreContext = {
    invocationId,
    request: { invocationId, functionId: fn.id, inputData, triggerMetadata, traceContext, retryContext },
    metadata: fn.metadata,
    state: undefined as 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined,
    log: (
      level: Parameters<typeof core.module.log>[0],
      category: Parameters<typeof core.module.log>[1],
      message: string,
    ) => core.log({ level, category, message, functionName: fn.name, invocationId }, seen.context),
  };
  const model = core.programmingModel.getInvocationModel(coreContext);
  const args = await model.getArguments();
  const { context } = args;
  seen.context = context;
  if (liveTrigger) args.inputs[0] = liveTrigger;

  const hookData = {};
  const shared = { hookData, appHookData: core.appHookData, invocationContext: context };
  const before = { ...shared, functionCallback: fn.callback satisfies FunctionCallback, inputs: args.inputs };
  coreContext.state = 'preInvocationHooks';
  for (const hook of core.hooks.preInvocation) await hook(before);

  const after: { result: unknown; error: unknown } & typeof shared & { inputs: unknown[] } = {
    ...shared,
    inputs: before.inputs,
    result: null,
    error: null,
  };
  coreContext.state = 'invocation';
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error;
  }
  coreContext.state = 'postInvocationHooks';
  for (const hook of core.hooks.postInvocation) await hook(after);
  coreContext.state = undefined;
  if (after.error !== null && after.error !== undefined) throw after.error;
  return { invocation: { invocationId, context, result: after.result, hookData }, model };
}
