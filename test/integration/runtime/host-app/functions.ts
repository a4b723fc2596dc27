// An app that writes down what happens to it, for tests that kill its host.
import { app, type InvocationContext, type Timer } from '@azure/functions';
import * as df from 'durable-functions';
import { Pool } from 'pg';

const pool = new Pool({ connectionString: process.env['LEDGER_URL'] ?? process.env['DATABASE_URL'], max: 3 });
pool.on('error', () => {}); // the database is restarted under us on purpose

/** Rests until the database is there, then writes one line. */
async function note(kind: string, value: string, more: { isPastDue?: boolean; count?: number } = {}): Promise<void> {
  for (;;) {
    try {
      await pool.query('INSERT INTO seen (kind, value, replica, is_past_due, count) VALUES ($1, $2, $3, $4, $5)', [
        kind,
        value,
        process.env['REPLICA'],
        more.isPastDue ?? null,
        more.count ?? null,
      ]);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** `hang …` is begun and never finished by the first replica that gets it. */
async function hangOnce(kind: string, value: string): Promise<void> {
  if (!value.startsWith('hang')) return;
  const { rowCount } = await pool.query('SELECT FROM seen WHERE kind = $1 AND value = $2', [`${kind} begun`, value]);
  if (rowCount) return;
  await note(`${kind} begun`, value);
  await new Promise(() => {});
}

const isText = (value: unknown): value is string => typeof value === 'string';

app.http('ping', { methods: ['GET'], handler: () => ({ jsonBody: { replica: process.env['REPLICA'] } }) });
app.timer('each-second', {
  schedule: '* * * * * *',
  handler: () => note('timer', new Date().toISOString().slice(0, 19)),
});
app.timer('hourly', {
  schedule: '0 0 * * * *',
  handler: (timer: Timer) => note('hourly', '', { isPastDue: timer.isPastDue }),
});
app.storageQueue('onQueue', {
  queueName: 'in',
  connection: 'AzureWebJobsStorage',
  handler: async (message: unknown, context: InvocationContext) => {
    const value = isText(message) ? message : JSON.stringify(message);
    await hangOnce('queue', value);
    await note('queue', value, { count: Number(context.triggerMetadata?.['dequeueCount']) });
  },
});
app.generic('onEvent', {
  trigger: {
    type: 'kafkaTrigger',
    name: 'event',
    topic: 'orders',
    brokerList: '%KAFKA_BROKERS%',
    consumerGroup: 'g',
    dataType: 'string',
  },
  handler: async (event: unknown) => {
    const value =
      typeof event === 'object' && event !== null && 'Value' in event && isText(event.Value) ? event.Value : '';
    await hangOnce('event', value);
    await note('event', value);
  },
});

df.app.activity('upper', { handler: (text: string) => text.toUpperCase() });
df.app.orchestration('greet', function* (context) {
  return yield context.df.callActivity('upper', context.df.getInput());
});
df.app.client.http('start', {
  route: 'start/{name}',
  methods: ['POST'],
  handler: async (request, client) =>
    client.createCheckStatusResponse(
      request,
      await client.startNew(request.params['name'] ?? '', { input: await request.json() }),
    ),
});
