import { createRequire, registerHooks } from 'node:module';
import type { FunctionsCore, FunctionsCoreModule, ProgrammingModel } from './functions-core.ts';

/**
 * Where functions-core.cjs finds the module it answers. Jest gives each test file a globalThis of its own, and so a
 * host of its own.
 */
const place = Symbol.for('rackline.functions-core');

interface Installed {
  core: FunctionsCore;
  programmingModel: ProgrammingModel | undefined;
  module: FunctionsCoreModule;
}

const holder = globalThis as { [place]?: Installed };

/**
 * Makes `require('@azure/functions-core')` answer this core. Call it before anything imports `@azure/functions`,
 * which asks once and for ever: without an answer it silently drops every registration. A later call hands what
 * is registered from then on to the later core, so that one process can load several apps.
 */
export function installFunctionsCore(core: FunctionsCore): void {
  const installed = holder[place];
  if (installed) {
    installed.core = core;
    core.programmingModel = installed.programmingModel;
  } else {
    holder[place] = answering(core);
  }
  leadNameHere();
}

/** Where the name leads somewhere already (Jest maps it to functions-core.cjs itself, and knows no hooks), it stays. */
function leadNameHere(): void {
  try {
    createRequire(import.meta.url).resolve('@azure/functions-core');
    return;
  } catch {
    // as expected: there is no package of that name
  }
  const answer = new URL('./functions-core.cjs', import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '@azure/functions-core'
        ? { url: answer, format: 'commonjs', shortCircuit: true }
        : next(specifier, context),
  });
}

/** The library keeps the module it was given, so the module stays one and looks up the present core at every call. */
function answering(core: FunctionsCore): Installed {
  const installed: Installed = {
    core,
    programmingModel: undefined,
    module: {
      ...core.module,
      registerFunction: (...args) => installed.core.module.registerFunction(...args),
      registerHook: (...args) => installed.core.module.registerHook(...args),
      setProgrammingModel: (model) => {
        installed.programmingModel = model; // the library says this once per process: later cores are told it
        installed.core.programmingModel = model;
      },
      getProgrammingModel: () => installed.core.programmingModel,
      log: (...args) => installed.core.module.log(...args),
    },
  };
  return installed;
}
