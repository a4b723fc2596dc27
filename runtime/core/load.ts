import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FunctionsCore } from './functions-core.ts';
import { installFunctionsCore } from './install.ts';

/** What this host tells the library it can do; the names are the Functions protocol's. */
const hostCapabilities = {
  RawHttpBodyBytes: 'true',
  RpcHttpTriggerMetadataRemoved: 'true',
  RpcHttpBodyOnly: 'true',
  IgnoreEmptyValuedRpcHttpHeaders: 'true',
  UseNullableValueDictionaryForHttp: 'true',
  WorkerStatus: 'true',
  TypedDataCollection: 'true',
  HandlesWorkerTerminateMessage: 'true',
};

/**
 * Loads an app from its entry module (an absolute path, or one relative to the working directory). When this
 * resolves its functions are registered, its appStart hooks have run, and nothing more can be registered.
 */
export async function loadApp(core: FunctionsCore, entryPoint: string): Promise<void> {
  installFunctionsCore(core);
  const file = path.resolve(entryPoint);
  try {
    await import(pathToFileURL(file).href);
  } catch (cause) {
    throw new Error(
      `The app could not be loaded from ${file}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  await startApp(core, path.dirname(file));
}

/** The second half of loading, for an app whose modules are imported already. */
export async function startApp(core: FunctionsCore, functionAppDirectory: string): Promise<void> {
  const hookData = {};
  for (const hook of core.hooks.appStart) await hook({ hookData, appHookData: core.appHookData, functionAppDirectory });
  core.capabilities = (await core.programmingModel?.getCapabilities({ ...hostCapabilities })) ?? {};
  core.lock();
}

/** Runs the app's appTerminate hooks; call it once, when nothing is invoked any more. */
export async function terminateApp(core: FunctionsCore): Promise<void> {
  const hookData = {};
  for (const hook of core.hooks.appTerminate) await hook({ hookData, appHookData: core.appHookData });
}
