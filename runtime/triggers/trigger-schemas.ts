import { z } from 'zod';

/** Azure compares such words without regard to case. */
const word = <const T extends [string, ...string[]]>(values: T, fallback: T[number]) =>
  z
    .string()
    .default(fallback)
    .transform((text) => values.find((value) => value.toLowerCase() === text.toLowerCase()) ?? text)
    .pipe(z.enum(values));

/** Where a binding names a broker of its own, using ours instead would be a silent mistake. */
const embedded = (what: string) =>
  z.literal('embedded', { error: `must be 'embedded': this host keeps ${what} in its own store` });

export const HttpTrigger = z.looseObject({
  route: z.string().optional(),
  methods: z.array(z.string()).optional(),
  authLevel: word(['anonymous', 'function', 'admin'], 'function'),
});

export const TimerTrigger = z.looseObject({
  schedule: z.string(),
  runOnStartup: z.boolean().default(false),
  useMonitor: z.boolean().default(true),
});

/** `connection` names a setting, as everywhere; not set, it means our own queues too. */
export const storageQueue = (setting: (name: string) => string | undefined) =>
  z.looseObject({
    queueName: z.string().min(1),
    connection: z.string().transform(setting).pipe(embedded('queues').optional()),
  });

export const KafkaTrigger = z.looseObject({
  topic: z.string().min(1),
  brokerList: embedded('topics'),
  consumerGroup: z.string().min(1).default('$Default'),
  cardinality: word(['ONE', 'MANY'], 'ONE'),
  dataType: word(['string'], 'string'),
  avroSchema: z.undefined('records are text here, schemas are not read').optional(),
});
