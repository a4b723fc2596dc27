import os from 'node:os';
import { z } from 'zod';
import { timeZone } from './time-zone.ts';
import { parseTimeSpan } from './timespan.ts';

/** The host cannot start as things are. Carries every complaint, so that all are mended at once. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly complaints: readonly string[];
  constructor(what: string, complaints: readonly string[]) {
    super(`${what}:\n${complaints.map((complaint) => `  - ${complaint}`).join('\n')}`);
    this.complaints = complaints;
  }
}

const timeSpan = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const milliseconds = parseTimeSpan(text);
      if (milliseconds === undefined)
        context.addIssue({ code: 'custom', message: `'${text}' is not a time span; write hh:mm:ss` });
      return milliseconds ?? 0;
    });
const count = (fallback: number) => z.number().int().positive().default(fallback);

/** host.json, as far as this host honours it; what it holds for other hosts is left alone. */
const HostJson = z.looseObject({
  version: z.literal('2.0'),
  extensions: z
    .looseObject({
      http: z.looseObject({ routePrefix: z.string().default('api') }).prefault({}),
      queues: z
        .looseObject({
          batchSize: count(16).pipe(z.number().max(32)),
          newBatchThreshold: z.number().int().nonnegative().optional(),
          maxDequeueCount: count(5),
          visibilityTimeout: timeSpan('00:00:00'),
          maxPollingInterval: timeSpan('00:01:00'),
          messageEncoding: z.enum(['base64', 'none']).default('base64'),
        })
        .transform((queues) => ({
          ...queues,
          newBatchThreshold: queues.newBatchThreshold ?? Math.floor(queues.batchSize / 2),
        }))
        .prefault({}),
      kafka: z
        .looseObject({
          maxBatchSize: count(64),
          commitOnFailure: z.boolean().default(true),
          maxRetries: z.number().int().nonnegative().default(5),
        })
        .prefault({}),
      durableTask: z
        .looseObject({
          hubName: z.string().default('TestHubName'),
          defaultVersion: z.string().optional(),
          maxConcurrentActivityFunctions: count(10 * os.availableParallelism()),
          maxConcurrentOrchestratorFunctions: count(10 * os.availableParallelism()),
          httpSettings: z.looseObject({ defaultAsyncRequestSleepTimeMilliseconds: count(30_000) }).prefault({}),
        })
        .prefault({}),
    })
    .prefault({}),
});

const wholeNumber = (fallback: number) => z.coerce.number('must be a number').int().nonnegative().default(fallback);
const seconds = (fallback: number) =>
  z.coerce.number('must be a number').positive('must be above 0').max(3600, 'must be at most 3600').default(fallback);
const zone = z.string().transform((name, context) => {
  try {
    return timeZone(name.replace(/^:/, ''));
  } catch {
    context.addIssue({
      code: 'custom',
      message: `'${name}' is not in the IANA time zone database, such as Europe/Berlin`,
    });
    return z.NEVER;
  }
});

const Environment = z
  .looseObject({
    HOST: z.string().default('127.0.0.1'),
    PORT: wholeNumber(7071).pipe(z.number().max(65_535)),
    /** A second listener, over TLS. The files are read again when they change. */
    TLS_PORT: z.coerce.number('must be a number').int().nonnegative().max(65_535).optional(),
    TLS_CERT: z.string().min(1).optional(),
    TLS_KEY: z.string().min(1).optional(),
    /** Who may vouch for a client: with it, clients are asked for a certificate, and need not have one. */
    TLS_CLIENT_CA: z.string().min(1).optional(),
    PUBLIC_URL: z
      .url({ protocol: /^https?$/, error: 'must be the address users see, such as https://rackline.example' })
      .optional(),
    REPLICA: z.string().min(1).default(`${os.hostname()}-${process.pid}`),
    DURABLE_ENGINE: z.enum(['postgres', 'memory']).default('postgres'),
    DATABASE_URL: z
      .url({
        protocol: /^postgres(ql)?$/,
        error: 'must be a PostgreSQL connection string, such as postgres://user:password@host:5432/rackline',
      })
      .optional(),
    DATABASE_POOL_SIZE: wholeNumber(10).pipe(z.number().min(1)),
    DURABLE_POOL_SIZE: wholeNumber(10).pipe(z.number().min(2)),
    /** How long the host waits for a connection, and for the answer to a statement of its own. */
    DATABASE_CONNECT_SECONDS: seconds(2),
    HOST_DATABASE_ANSWER_SECONDS: seconds(5),
    HOST_ROOT_KEY: z
      .string()
      .min(32, 'must be at least 32 characters; all keys of the host are derived from it')
      .optional(),
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: wholeNumber(104_857_600),
    WEBSITE_TIME_ZONE: zone.optional(),
    TZ: zone.optional(),
    EVENT_PARTITIONS: wholeNumber(8).pipe(z.number().min(1)),
    EVENT_RETENTION_DAYS: wholeNumber(7).pipe(z.number().min(1)),
    STOP_GRACE_SECONDS: wholeNumber(10),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  })
  .refine(({ DURABLE_ENGINE, DATABASE_URL }) => DURABLE_ENGINE === 'memory' || DATABASE_URL !== undefined, {
    path: ['DATABASE_URL'],
    message:
      'is needed by the PostgreSQL engine; DURABLE_ENGINE=memory runs without, and forgets everything at its end',
  })
  .refine(
    ({ TLS_PORT, TLS_CERT, TLS_KEY }) => TLS_PORT === undefined || (TLS_CERT !== undefined && TLS_KEY !== undefined),
    {
      path: ['TLS_PORT'],
      message: 'needs TLS_CERT and TLS_KEY, the files of the certificate (with its chain) and of its key',
    },
  );

export type HostSettings = ReturnType<typeof readSettings>;

/**
 * The host's settings from host.json and the environment (on Azure: application settings). Throws a StartError
 * that names every bad one.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>, hostJson: unknown) {
  const env = Environment.safeParse(environment);
  const json = HostJson.safeParse(hostJson);
  const complaints = [
    ...(env.error?.issues ?? []).map(({ path, message }) => `setting ${path.join('.')}: ${message}`),
    ...(json.error?.issues ?? []).map(({ path, message }) => `host.json ${path.join('.')}: ${message}`),
  ];
  if (!env.success || !json.success) throw new StartError('The settings are not as they should be', complaints);
  const { http, queues, kafka, durableTask } = json.data.extensions;
  const given = env.data;
  return {
    http: {
      host: given.HOST,
      port: given.PORT,
      tls:
        given.TLS_PORT === undefined || given.TLS_CERT === undefined || given.TLS_KEY === undefined
          ? undefined
          : { port: given.TLS_PORT, cert: given.TLS_CERT, key: given.TLS_KEY, clientCa: given.TLS_CLIENT_CA },
      routePrefix: http.routePrefix,
      maxBodyBytes: given.FUNCTIONS_REQUEST_BODY_SIZE_LIMIT,
      /** The origin users see, where it is not the address we listen on. */
      publicOrigin: given.PUBLIC_URL === undefined ? undefined : new URL(given.PUBLIC_URL).origin,
    },
    queues,
    events: {
      ...kafka,
      partitions: given.EVENT_PARTITIONS,
      retentionMilliseconds: given.EVENT_RETENTION_DAYS * 86_400_000,
    },
    durable: {
      engine: given.DURABLE_ENGINE,
      poolSize: given.DURABLE_POOL_SIZE,
      hubName: durableTask.hubName,
      defaultVersion: durableTask.defaultVersion,
      maxConcurrentActivities: durableTask.maxConcurrentActivityFunctions,
      maxConcurrentOrchestrators: durableTask.maxConcurrentOrchestratorFunctions,
      httpPollMilliseconds: durableTask.httpSettings.defaultAsyncRequestSleepTimeMilliseconds,
    },
    database:
      given.DATABASE_URL === undefined
        ? undefined
        : {
            url: given.DATABASE_URL,
            poolSize: given.DATABASE_POOL_SIZE,
            limits: {
              connectMilliseconds: given.DATABASE_CONNECT_SECONDS * 1000,
              answerMilliseconds: given.HOST_DATABASE_ANSWER_SECONDS * 1000,
            },
          },
    replica: given.REPLICA,
    rootKey: given.HOST_ROOT_KEY,
    zone: given.WEBSITE_TIME_ZONE ?? given.TZ ?? timeZone('UTC'),
    graceMilliseconds: given.STOP_GRACE_SECONDS * 1000,
    logLevel: given.LOG_LEVEL,
    /** Whether a function is switched off: `AzureWebJobs.<name>.Disabled=true`. */
    isDisabled: (functionName: string) =>
      /^(true|1)$/i.test(environment[`AzureWebJobs.${functionName}.Disabled`] ?? ''),
    /** A setting by the name a binding uses. */
    named: (name: string) => environment[name],
  };
}
