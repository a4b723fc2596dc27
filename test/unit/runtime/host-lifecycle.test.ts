import { app, input, output } from '@azure/functions';
import { afterEach, expect, it } from '@jest/globals';
import { freePort } from '../../../infra/local/postgres.ts';
import { aHost, type TestHost } from './host-kit.ts';
import { until } from './triggers/kit.ts';

let host: TestHost | undefined;
afterEach(() => host?.stop());

const kafka = (more: object) => ({ type: 'kafkaTrigger', name: 'event', topic: 't', brokerList: 'embedded', ...more });

it('refuses to start and names everything it cannot run', async () => {
  const start = aHost(
    () => {
      const handler = () => ({});
      app.http('first', { methods: ['GET'], route: 'same/{id}', handler });
      app.http('second', { methods: ['GET'], route: 'same/{other}', handler });
      app.http('reserved', { route: '/runtime/x', handler });
      app.timer('never', { schedule: '0 0 0 31 2 *', handler });
      app.timer('unset', { schedule: '%NIGHTLY%', handler });
      app.storageBlob('blob', { path: 'p', connection: 'c', handler });
      app.http('reads', { extraInputs: [input.storageBlob({ path: 'p', connection: 'c' })], handler });
      app.http('writes', {
        extraOutputs: [output.cosmosDB({ databaseName: 'd', containerName: 'c', connection: 'c' })],
        handler,
      });
      app.storageQueue('elsewhere', { queueName: 'q', connection: 'CLOUD', handler });
      app.generic('brokers', { trigger: kafka({ brokerList: 'kafka:9092', consumerGroup: 'a' }), handler });
      app.generic('group1', { trigger: kafka({ consumerGroup: 'b' }), handler });
      app.generic('group2', { trigger: kafka({ consumerGroup: 'b' }), handler });
      app.http('broken-but-off', { route: '{', handler });
    },
    {
      env: { CLOUD: 'DefaultEndpointsProtocol=https', 'AzureWebJobs.broken-but-off.Disabled': 'true' },
      hostJson: { version: '2.0', extensions: { http: { routePrefix: '' } } },
    },
  );
  await expect(start).rejects.toMatchObject({
    complaints: [
      expect.stringMatching(/^function 'second': its route 'same\/\{other\}'.*'same\/\{id\}'/),
      expect.stringMatching(/^function 'reserved':.*'runtime\/x'/),
      expect.stringMatching(/^function 'never':.*never happens/),
      expect.stringMatching(/^function 'unset':.*NIGHTLY/),
      expect.stringMatching(/^function 'blob':.*blobTrigger/),
      expect.stringMatching(/^function 'reads': binding '.*': 'blob' as an input/),
      expect.stringMatching(/^function 'writes': binding '.*': 'cosmosDB' as an output/),
      expect.stringMatching(/^function 'elsewhere': connection:.*embedded/),
      expect.stringMatching(/^function 'brokers': brokerList:.*embedded/),
      expect.stringMatching(/^function 'group2':.*'group1'/),
    ],
  });
});

it('answers on its port and speaks of itself by its public address', async () => {
  const port = await freePort();
  host = await aHost(
    () => {
      app.http('where', { methods: ['GET'], handler: (request) => ({ body: request.url }) });
    },
    { env: { PORT: String(port), PUBLIC_URL: 'https://rackline.example' } },
  );
  expect(host.origin).toBe('https://rackline.example');
  expect(await (await fetch(`http://127.0.0.1:${port}/api/where?x=1`)).text()).toBe(
    'https://rackline.example/api/where?x=1',
  );
});

it('lets a request under way finish when it stops, and takes no new one', async () => {
  let release: () => void = () => {};
  let isThere = false;
  host = await aHost(() => {
    app.http('slow', {
      methods: ['GET'],
      handler: async () => {
        isThere = true;
        await new Promise<void>((resolve) => (release = resolve));
        return { body: 'done' };
      },
    });
  });
  const { origin } = host;
  const answer = fetch(`${origin}/api/slow`).then((response) => response.text());
  await until(() => isThere);
  const stopped = host.stop();
  await expect(fetch(`${origin}/api/slow`)).rejects.toThrow();
  release();
  expect(await answer).toBe('done');
  await stopped;
});

it('cuts off what has not finished within the grace', async () => {
  let isThere = false;
  host = await aHost(
    () => {
      app.http('stuck', {
        methods: ['GET'],
        handler: () => {
          isThere = true;
          return new Promise(() => {});
        },
      });
    },
    { env: { STOP_GRACE_SECONDS: '0' } },
  );
  const answer = fetch(`${host.origin}/api/stuck`);
  await until(() => isThere);
  await Promise.all([host.stop(), expect(answer).rejects.toThrow()]);
});
