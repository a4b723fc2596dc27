import { createDurableApp } from '../../../runtime/core/durable-app.ts';
import { FunctionsCore, installFunctionsCore } from '../../../runtime/core/functions-core.ts';
import { startApp } from '../../../runtime/core/load.ts';
import type { DurableApp } from '../../../runtime/durable/engine.ts';
import { registerConformanceApp } from './app.ts';

/** Loads the conformance app into a host of its own. */
export async function loadConformanceApp(): Promise<DurableApp> {
  const core = new FunctionsCore();
  installFunctionsCore(core);
  registerConformanceApp();
  await startApp(core, '.');
  return createDurableApp(core);
}
