import type { LogEntry } from './functions-core.ts';

/** What the host tells its operator. A pino logger fits as it is. */
export interface HostLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silentLog: HostLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const levels = {
  trace: 'debug',
  debug: 'debug',
  information: 'info',
  warning: 'warn',
  error: 'error',
  critical: 'error',
  none: 'debug',
} as const;

/** Passes on what functions and their libraries log. What the library says of itself matters only when it warns. */
export const functionLog =
  (log: HostLog) =>
  ({ level, category, message, functionName, invocationId }: LogEntry): void => {
    const isChatter = category === 'system' && levels[level] === 'info';
    log[isChatter ? 'debug' : levels[level]]({ functionName, invocationId }, message);
  };
