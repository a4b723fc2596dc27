import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { orderCreated } from '../../../shared/domain/orders/events.ts';
import { embeddedBus } from '../../../shared/events/embedded-bus.ts';
import { appendEvents } from '../../../shared/events/log.ts';
import { createRelay } from '../../../shared/events/relay.ts';
import { connect, type Database } from '../../../shared/kernel/database/database.ts';
import { SilentProxy } from '../../kit/silent-proxy.ts';
import { until } from '../../kit/until.ts';
import { anApi, type Api, type Answer } from './kit.ts';

const ops = 'ops@rackline.example';
// Far below the quarter of an hour after which the system itself would notice.
const soon = 120_000;
let api: Api;
let proxy: SilentProxy;
let elsewhere: Database;
beforeAll(async () => {
  const reach = async (url: string) => {
    elsewhere = connect({ url });
    proxy = await SilentProxy.before(url);
    return proxy.through(url);
  };
  api = await anApi({}, { reach, limits: { connectMilliseconds: 1_000, answerMilliseconds: 1_000 } });
});
afterEach(() => proxy.wake());
afterAll(async () => {
  await elsewhere.close();
  await api.close();
  await proxy.close();
});

const list = () => api.as(ops)('GET /v1/orders');
const isBack = async () => (await list()).status === 200;
const expectToldToComeBack = ({ status, headers, body }: Answer) => {
  expect({ status, retryAfter: headers.get('retry-after'), body }).toMatchObject({
    status: 503,
    retryAfter: '2',
    body: { code: 'database.unavailable', title: 'Something this needs does not answer' },
  });
};

describe('while the database does not answer', () => {
  it('a request over a connection that has fallen silent is told to come back, and the next one works', async () => {
    expect((await list()).status).toBe(200);
    expect(proxy.silence()).toBeGreaterThan(0);
    expectToldToComeBack(await list());
    expect((await list()).status).toBe(200);
  });

  it('readers and writers are told to come back, and balancers not to send anybody', async () => {
    await api.token(ops);
    proxy.hang();
    const [ready, alive, read, written] = await Promise.all([
      fetch(`${api.url}/readyz`),
      fetch(`${api.url}/healthz`),
      list(),
      api.as(ops)('POST /v1/edge/enrolments', {
        body: { datacenter: 'dc-nyc-01' },
        headers: { 'idempotency-key': 'while it hangs' },
      }),
    ]);
    expect([ready.status, alive.status]).toEqual([503, 200]);
    expectToldToComeBack(read);
    expectToldToComeBack(written);
    proxy.wake();
    await until('the database to be back', isBack, soon);
    await until('the platform to be ready', async () => (await fetch(`${api.url}/readyz`)).status === 200, soon);
    const again = await api.as(ops)('POST /v1/edge/enrolments', {
      body: { datacenter: 'dc-nyc-01' },
      headers: { 'idempotency-key': 'while it hangs' },
    });
    expect(again.status).toBe(201);
  });

  /** An event of an order by that name, published by another process. */
  async function happens(name: string): Promise<void> {
    await appendEvents(elsewhere, api.deps.clock, [
      orderCreated({
        subject: name,
        tenantId: 'acme',
        datacenterId: 'dc-nyc-01',
        data: { orderId: name, tenantId: 'acme', datacenterId: 'dc-nyc-01', lines: [], requestedBy: 'somebody' },
      }),
    ]);
    await createRelay(elsewhere, embeddedBus, (error) => {
      throw error;
    }).drain();
  }

  it('the live stream stays open, and tells afterwards what happened meanwhile', async () => {
    await until('the database to be back', isBack, soon);
    const over = new AbortController();
    const answer = await fetch(`${api.url}/api/v1/stream`, {
      headers: { authorization: `Bearer ${await api.token(ops)}` },
      signal: over.signal,
    });
    let text = '';
    void (async () => {
      for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk;
    })().catch(() => undefined); // ended below
    // A stream that is still about to begin when its connection falls silent ends, and its reader comes again.
    await happens('before');
    await until('the event of before', () => text.includes('before'));
    expect(proxy.silence()).toBeGreaterThan(0);
    await happens('meanwhile');
    await until('the event', () => text.includes('meanwhile'), soon);
    over.abort();
  });
});
