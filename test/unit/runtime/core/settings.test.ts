import { expect, it } from '@jest/globals';
import { readSettings, StartError } from '../../../../runtime/core/settings.ts';

const memory = { DURABLE_ENGINE: 'memory' };
const hostJson = { version: '2.0' };

it('names every bad setting at once', () => {
  const bad = {
    PORT: 'many',
    DATABASE_URL: 'mysql://x',
    WEBSITE_TIME_ZONE: 'Middle/Earth',
    HOST_ROOT_KEY: 'short',
    DURABLE_ENGINE: 'steam',
  };
  const badJson = {
    version: '1.0',
    extensions: { queues: { batchSize: 99, visibilityTimeout: 'soon' }, http: { routePrefix: 7 } },
  };
  let complaints: readonly string[] = [];
  try {
    readSettings(bad, badJson);
  } catch (error) {
    if (error instanceof StartError) complaints = error.complaints;
  }
  expect(complaints.map((complaint) => complaint.split(':')[0]).sort()).toEqual([
    'host.json extensions.http.routePrefix',
    'host.json extensions.queues.batchSize',
    'host.json extensions.queues.visibilityTimeout',
    'host.json version',
    'setting DATABASE_URL',
    'setting DURABLE_ENGINE',
    'setting HOST_ROOT_KEY',
    'setting PORT',
    'setting WEBSITE_TIME_ZONE',
  ]);
});

it('asks for a database where the engine needs one', () => {
  expect(() => readSettings({}, hostJson)).toThrow(/DATABASE_URL.*DURABLE_ENGINE=memory/);
});

it('takes a second listener only with a certificate and its key', () => {
  const files = { TLS_CERT: 'cert.pem', TLS_KEY: 'key.pem' };
  expect(readSettings({ ...memory, ...files }, hostJson).http.tls).toBeUndefined();
  expect(readSettings({ ...memory, ...files, TLS_PORT: '7443' }, hostJson).http.tls).toEqual({
    port: 7443,
    cert: 'cert.pem',
    key: 'key.pem',
    clientCa: undefined,
  });
  expect(() => readSettings({ ...memory, TLS_PORT: '7443', TLS_KEY: 'key.pem' }, hostJson)).toThrow(
    /TLS_PORT: needs TLS_CERT and TLS_KEY/,
  );
});

it('has the defaults of the Functions host', () => {
  const settings = readSettings(memory, hostJson);
  expect(settings.http).toMatchObject({ host: '127.0.0.1', port: 7071, routePrefix: 'api', maxBodyBytes: 104_857_600 });
  expect(settings.queues).toMatchObject({
    batchSize: 16,
    newBatchThreshold: 8,
    maxDequeueCount: 5,
    visibilityTimeout: 0,
    maxPollingInterval: 60_000,
    messageEncoding: 'base64',
  });
  expect(settings.zone.name).toBe('UTC');
});

it('reads what host.json and the environment say', () => {
  const settings = readSettings(
    {
      ...memory,
      PORT: '8080',
      PUBLIC_URL: 'https://rackline.example/',
      TZ: ':Europe/Berlin',
      'AzureWebJobs.tick.Disabled': 'true',
      BROKERS: 'embedded',
    },
    {
      version: '2.0',
      extensions: {
        http: { routePrefix: '' },
        queues: { batchSize: 4, visibilityTimeout: '00:00:30', messageEncoding: 'none' },
      },
      logging: { anything: true },
    },
  );
  expect(settings.http).toMatchObject({ port: 8080, routePrefix: '', publicOrigin: 'https://rackline.example' });
  expect(settings.queues).toMatchObject({
    batchSize: 4,
    newBatchThreshold: 2,
    visibilityTimeout: 30_000,
    messageEncoding: 'none',
  });
  expect([
    settings.zone.name,
    settings.isDisabled('tick'),
    settings.isDisabled('tock'),
    settings.named('BROKERS'),
  ]).toEqual(['Europe/Berlin', true, false, 'embedded']);
});

it("accepts the project's own host.json", async () => {
  const { default: own } = await import('../../../../host.json', { with: { type: 'json' } });
  expect(readSettings(memory, own).http.routePrefix).toBe('');
});
