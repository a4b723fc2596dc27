import { FunctionsCore, installFunctionsCore } from '../../../runtime/core/functions-core.ts';
import { startApp } from '../../../runtime/core/load.ts';
import type { DurableApp } from '../../../runtime/durable/contract/engine.ts';
import { createDurableApp } from '../../../runtime/durable/durable-app.ts';
import { registerConformanceApp } from './app.ts';

/** Loads the conformance app into a host of its own. */
export async function loadConformanceApp(): Promise<DurableApp> {
  const core = new FunctionsCore();
  installFunctionsCore(core);
  registerConformanceApp();
  await startApp(core, '.');
  return createDurableApp(core);
}
