import { pino, type Logger } from 'pino';

/** The fields a log line may carry. Ids are fields here and never labels of a metric. */
export interface LogFields {
  traceId?: string;
  sagaId?: string;
  saga?: string;
  stage?: string;
  step?: string;
  stepKey?: string;
  attempt?: number;
  serverId?: string;
  orderId?: string;
  tenantId?: string;
  agentId?: string;
  taskId?: string;
  eventId?: string;
  topic?: string;
  consumer?: string;
  actor?: string;
  route?: string;
  method?: string;
  status?: number;
  milliseconds?: number;
  reason?: string;
  waitingFor?: string;
  until?: string;
  count?: number;
  error?: string;
}

const line = (level: 'info' | 'warn' | 'error', message: string) => (logger: Logger) => (fields: LogFields) =>
  logger[level](fields, message);

/** Every line the platform can write: a constant message each, to be searched for. */
const lines = {
  sagaBegan: line('info', 'saga began'),
  sagaUnwinding: line('warn', 'saga is taking back what it did'),
  sagaStuck: line('error', 'saga is stuck and needs a person'),
  sagaEnded: line('info', 'saga ended'),
  stepDone: line('info', 'step done'),
  stepWaiting: line('info', 'step is waiting'),
  stepRefused: line('warn', 'step refused'),
  stepFailed: line('warn', 'step failed and will be tried again'),
  stepUndone: line('info', 'step taken back'),
  undoFailed: line('warn', 'taking back a step failed'),
  lateStep: line('warn', 'a step ended after it had been taken back; taking it back again'),
  wakeFailed: line('warn', 'a saga could not be woken; it is tried again'),
  requestServed: line('info', 'request served'),
  sagaNotAsked: line('warn', 'the engine could not be asked about a saga; it is asked again'),
  requestFailed: line('error', 'request failed on our side'),
  eventFailed: line('warn', 'an event could not be handled and will be tried again'),
  eventDead: line('error', 'an event was put aside after repeated failure'),
  relayFailed: line('warn', 'events could not be passed on; they wait in the outbox'),
  sagaNotStarted: line('warn', 'an accepted saga could not be started; the timer start-lost-sagas does it'),
  sagaStarted: line('warn', 'a saga that was accepted but never started has been started'),
  stateOverdue: line('warn', 'a server stays in a state longer than it may'),
  databaseConnectionLost: line('warn', 'an idle database connection broke'),
  certificateNotRevoked: line(
    'warn',
    'the authority could not be told that a certificate counts no more; it is tried again',
  ),
  anomaly: line('warn', 'an edge agent reported an anomaly'),
  capabilityOff: line('warn', 'a capability is off because its outside system is not configured'),
  unknownDevice: line('warn', 'an edge agent reported a device that is not known in its datacenter'),
} as const;

export type Log = { readonly [Name in keyof typeof lines]: (fields: LogFields) => void };

export const createLog = (logger: Logger): Log =>
  Object.fromEntries(Object.entries(lines).map(([name, make]) => [name, make(logger)])) as Log;

/** JSON lines on standard error, so that standard output stays the program's own. */
export const createLogger = (level: string): Logger =>
  pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination(2),
  );

export const silentLog: Log = createLog(pino({ level: 'silent' }));
