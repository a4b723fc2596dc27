// What `require('@azure/functions-core')` answers. Azure's Node worker provides that module to `@azure/functions`;
// here the host does, so that unmodified v4 functions register themselves with us.

/** One binding as `@azure/functions` registers it. Further properties depend on its type. */
export interface BindingInfo {
  type: string;
  direction?: 'in' | 'out' | 'inout';
  name?: string;
  [property: string]: unknown;
}

export interface RetryOptionsInfo {
  retryStrategy: string;
  maxRetryCount: number;
  delayInterval?: { seconds: number };
  minimumInterval?: { seconds: number };
  maximumInterval?: { seconds: number };
}

export interface FunctionMetadata {
  name: string;
  functionId?: string;
  bindings: Record<string, BindingInfo>;
  retryOptions?: RetryOptionsInfo;
}

export type FunctionCallback = (...args: unknown[]) => unknown;

export interface RegisteredFunction {
  id: string;
  name: string;
  metadata: FunctionMetadata;
  callback: FunctionCallback;
}

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
export type LogCategory = 'user' | 'system' | 'customMetric';

export interface LogEntry {
  level: LogLevel;
  category: LogCategory;
  message: string;
  functionName?: string;
  invocationId?: string;
}

/** A hook's context is the host's own object; `@azure/functions` wraps it, reading and writing through. */
export type HookCallback = (context: object) => unknown;

const hookNames = ['preInvocation', 'postInvocation', 'appStart', 'appTerminate', 'log'] as const;
export type HookName = (typeof hookNames)[number];

/** The library's half of one invocation. */
export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<unknown>;
}

/** What `@azure/functions` registers of itself. */
export interface ProgrammingModel {
  name: string;
  version: string;
  getInvocationModel(coreContext: object): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

/** The module `@azure/functions-core`, as far as the libraries built on it read it. */
export interface FunctionsCoreModule {
  version: string;
  hostVersion: string;
  Disposable: typeof Disposable;
  registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable;
  registerHook(name: string, callback: HookCallback): Disposable;
  setProgrammingModel(model: ProgrammingModel): void;
  getProgrammingModel(): ProgrammingModel | undefined;
  log(level: LogLevel, category: LogCategory, message: string): void;
}

export class Disposable {
  #undo: (() => void) | undefined;

  constructor(undo: () => void) {
    this.#undo = undo;
  }

  static from(...disposables: { dispose(): void }[]): Disposable {
    return new Disposable(() => disposables.forEach((each) => each.dispose()));
  }

  dispose(): void {
    const undo = this.#undo;
    this.#undo = undefined;
    undo?.();
  }
}

/** `@azure/functions` tells its own errors from the host's by this mark. */
const systemError = <E extends Error>(error: E): E => Object.assign(error, { isAzureFunctionsSystemError: true });

/** The functions and hooks of one app, and what the app's libraries see of the host. */
export class FunctionsCore {
  readonly module: FunctionsCoreModule;
  readonly hooks: Readonly<Record<HookName, HookCallback[]>> = {
    preInvocation: [],
    postInvocation: [],
    appStart: [],
    appTerminate: [],
    log: [],
  };
  /** Shared by all hooks of the app. */
  readonly appHookData: Record<string, unknown> = {};
  programmingModel: ProgrammingModel | undefined;
  /** What the library answered when it was told the host's capabilities: `HttpUri` among them if it streams. */
  capabilities: Readonly<Record<string, string>> = {};
  readonly #functions = new Map<string, RegisteredFunction>();
  readonly #logSink: (entry: LogEntry) => void;
  #locked = false;

  constructor({ log = () => {} }: { log?: (entry: LogEntry) => void } = {}) {
    this.#logSink = log;
    this.module = {
      version: '3.13.0',
      hostVersion: '4.1042.0',
      Disposable,
      registerFunction: (metadata, callback) => this.#registerFunction(metadata, callback),
      registerHook: (name, callback) => this.#registerHook(name, callback),
      setProgrammingModel: (model) => void (this.programmingModel = model),
      getProgrammingModel: () => this.programmingModel,
      log: (level, category, message) => this.log({ level, category, message }),
    };
  }

  get functions(): ReadonlyMap<string, RegisteredFunction> {
    return this.#functions;
  }

  /** Function names compare without regard to case, as on Azure. */
  find(name: string): RegisteredFunction | undefined {
    const wanted = name.toLowerCase();
    return this.#functions.values().find((each) => each.name.toLowerCase() === wanted);
  }

  /** From here on the app can register nothing. */
  lock(): void {
    this.#locked = true;
  }

  /** Passes a line through the app's log hooks, which may rewrite what the user's code wrote, to the host's log. */
  log(entry: LogEntry, invocationContext?: unknown): void {
    const context = {
      hookData: {},
      appHookData: this.appHookData,
      level: entry.level,
      message: entry.message,
      category: entry.category,
      invocationContext,
    };
    for (const hook of this.hooks.log) hook(context);
    const { level, message } = entry.category === 'user' ? context : entry;
    if (level !== 'none') this.#logSink({ ...entry, level, message });
  }

  #registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
    const id = metadata.functionId ?? metadata.name;
    if (this.#locked)
      throw systemError(
        new Error(`The function '${metadata.name}' came too late: functions are registered while the app loads.`),
      );
    if (this.#functions.has(id)) throw systemError(new Error(`A function with the id '${id}' is already registered.`));
    this.#functions.set(id, { id, name: metadata.name, metadata, callback });
    return new Disposable(() => {
      if (this.#locked)
        throw systemError(new Error(`The function '${metadata.name}' can only be taken back while the app loads.`));
      this.#functions.delete(id);
    });
  }

  #registerHook(name: string, callback: HookCallback): Disposable {
    const known = hookNames.find((each) => each === name);
    if (!known) throw systemError(new RangeError(`There is no hook '${name}'. Known: ${hookNames.join(', ')}.`));
    const list = this.hooks[known];
    list.push(callback);
    return new Disposable(() => void list.splice(list.indexOf(callback), 1));
  }
}

/** The one binding that starts the function. */
export function triggerOf(fn: RegisteredFunction): { name: string; binding: BindingInfo } {
  for (const [name, binding] of Object.entries(fn.metadata.bindings)) {
    if (/trigger$/i.test(binding.type)) return { name, binding };
  }
  throw new Error(`The function '${fn.name}' has no trigger binding.`);
}

export { installFunctionsCore } from './install.ts';
