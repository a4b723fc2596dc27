import { request as httpRequest } from 'node:http';
import { Writable } from 'node:stream';
import { app } from '@azure/functions';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as df from 'durable-functions';
import { z } from 'zod';
import { createHostLog } from '../../../runtime/host-log.ts';
import { aHost, type TestHost } from './host-kit.ts';

const client = df.input.durableClient();
const Payload = z.looseObject({ rpcBaseUrl: z.string() });

function register(): void {
  df.app.activity('nothing', { handler: () => 'done' });
  df.app.orchestration('one', function* (context) {
    return yield context.df.callActivity('nothing');
  });
  app.http('base-url', {
    methods: ['GET'],
    extraInputs: [client],
    handler: (_request, context) => ({ body: Payload.parse(context.extraInputs.get(client)).rpcBaseUrl }),
  });
  app.http('start', {
    methods: ['POST'],
    extraInputs: [client],
    handler: async (_request, context) => ({
      body: await df.getClient(context).startNew('one', { instanceId: 'saga-1', input: { a: 1 } }),
    }),
  });
  app.http('start-in-vain', {
    methods: ['POST'],
    extraInputs: [client],
    handler: async (_request, context) => {
      const payload = Payload.parse(context.extraInputs.get(client));
      // where nobody listens
      context.extraInputs.set(client, { ...payload, rpcBaseUrl: payload.rpcBaseUrl.replace(/:\d+/, ':1') });
      return { body: await df.getClient(context).startNew('one') };
    },
  });
}

let host: TestHost;
/** As the SDK's client has it: `http://127.0.0.1:<port>/<secret>/`. */
let base: URL;
const baseOf = async ({ origin }: TestHost) => new URL(await (await fetch(`${origin}/api/base-url`)).text());
const secretOf = ({ pathname }: URL) => pathname.split('/')[1] ?? '';
beforeAll(async () => {
  host = await aHost(register);
  base = await baseOf(host);
  await fetch(`${host.origin}/api/start`, { method: 'POST' });
  await host.engine.runToEnd('saga-1');
});
afterAll(() => host.stop());

const ask = (path: string, { method = 'GET', hostHeader = base.host }: { method?: string; hostHeader?: string } = {}) =>
  new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port: base.port, path, method, headers: { host: hostHeader } }, (answer) => {
      let text = '';
      answer
        .setEncoding('utf8')
        .on('data', (chunk: string) => (text += chunk))
        .on('end', () => resolve({ status: answer.statusCode, text }));
    })
      .on('error', reject)
      .end();
  });

describe('the loopback port of the durable client', () => {
  it('serves the client that was given its base URL', async () => {
    expect(await ask(`${base.pathname}instances/saga-1`)).toMatchObject({
      status: 200,
      text: expect.stringContaining('"runtimeStatus":"Completed"'),
    });
  });

  it.each([
    ['the path of the API alone', () => '/durabletask/instances?showInput=true'],
    ['no secret', () => '/instances/saga-1'],
    ['an empty secret', () => '//instances/saga-1'],
    ['another secret of the same length', () => `/${'A'.repeat(secretOf(base).length)}/instances/saga-1`],
    ['the beginning of the secret', () => `/${secretOf(base).slice(0, -1)}/instances/saga-1`],
    ['the secret with something behind it', () => `/${secretOf(base)}x/instances/saga-1`],
    ['the system key of the public API', () => `/instances/saga-1?code=${host.keys.ofSystem('durabletask_extension')}`],
  ])('tells nothing and does nothing for whoever comes with %s', async (_what, path) => {
    expect(await ask(path())).toEqual({ status: 401, text: '' });
    expect(await ask(path(), { method: 'POST' })).toEqual({ status: 401, text: '' });
  });

  // A page in a browser on this machine may make its own name point to 127.0.0.1.
  it.each(['evil.example', 'localhost', '127.0.0.1', 'evil.example:80'])(
    'refuses whoever calls it %j, though they know the secret',
    async (hostHeader) => {
      expect(await ask(`${base.pathname}instances/saga-1`, { hostHeader })).toEqual({ status: 421, text: '' });
      expect(await ask(`${base.pathname}instances/saga-1/terminate?reason=x`, { hostHeader, method: 'POST' })).toEqual({
        status: 421,
        text: '',
      });
    },
  );

  it('has another secret in each process, long enough not to be guessed', async () => {
    const other = await aHost(register);
    const found = [base, await baseOf(other)].map(secretOf);
    await other.stop();
    expect(new Set(found).size).toBe(2);
    expect(found.map((secret) => Buffer.from(secret, 'base64url').length)).toEqual([32, 32]);
  });

  it('takes no body of more than a megabyte', async () => {
    const answer = await fetch(`${base.href}orchestrators/one`, {
      method: 'POST',
      body: JSON.stringify('x'.repeat(1_100_000)),
    });
    expect(answer.status).toBe(413);
  });

  it('is not given away by the log, also where a call of the client failed', async () => {
    expect((await fetch(`${host.origin}/api/start-in-vain`, { method: 'POST' })).status).toBe(500);
    let written = '';
    const log = createHostLog(
      { level: 'trace', replica: 'r' },
      new Writable({
        write: (chunk, _encoding, done) => {
          written += String(chunk);
          done();
        },
      }),
    );
    const failure = host.log.lines.find(({ message }) => message === 'a function failed');
    expect(JSON.stringify(failure)).toContain(secretOf(base)); // it hangs on the error itself
    for (const { fields, message } of host.log.lines) log.error(fields, message);
    expect(written).toContain('ECONNREFUSED');
    expect(written).not.toContain(secretOf(base));
  });
});
