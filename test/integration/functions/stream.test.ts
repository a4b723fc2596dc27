import { app, HttpRequest, type HttpHandler } from '@azure/functions';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { registerStream } from '../../../functions/platform/stream.http.ts';
import { Caller } from '../../../shared/access/caller.ts';
import { orderCreated } from '../../../shared/domain/orders/events.ts';
import { taskOpened } from '../../../shared/domain/tasks/events.ts';
import type { NewEvent } from '../../../shared/events/event-type.ts';
import { lastSequence } from '../../../shared/events/log.db.ts';
import { appendEvents } from '../../../shared/events/log.ts';
import type { Deps } from '../../../shared/saga/deps.ts';
import { until } from '../../kit/until.ts';
import { edgeAgent, anApi, type Api } from './kit.ts';

const [acme, globex, technician, ops] = [
  'tenant-admin@acme.example',
  'tenant-admin@globex.example',
  'technician@dc-nyc-01.rackline.example',
  'ops@rackline.example',
] as const;
let api: Api;
const open = new Set<AbortController>();
beforeAll(async () => {
  api = await anApi();
});
afterEach(() => {
  for (const each of open) each.abort();
  open.clear();
});
afterAll(() => api.close());

interface Heard {
  /** Subjects of the events so far. */
  subjects: string[];
  ids: number[];
  status: number;
  end(): void;
}
/** Listens as one person until `end`; resolves when the stream has begun. */
async function listen(who: string, headers: Record<string, string> = {}): Promise<Heard> {
  const controller = new AbortController();
  open.add(controller);
  const answer = await fetch(`${api.url}/api/v1/stream`, {
    headers: { authorization: `Bearer ${await api.token(who)}`, ...headers },
    signal: controller.signal,
  });
  const heard: Heard = { subjects: [], ids: [], status: answer.status, end: () => controller.abort() };
  if (answer.status !== 200 || !answer.body) return heard;
  let hasBegun = false;
  void (async () => {
    let rest = '';
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        hasBegun = true;
        const id = /^id: (\d+)$/m.exec(block)?.[1];
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (id !== undefined) heard.ids.push(Number(id));
        if (data !== undefined) heard.subjects.push((JSON.parse(data) as { subject: string }).subject);
      }
    }
  })().catch(() => undefined); // ended by us
  await until('the stream to begin', () => hasBegun);
  return heard;
}

const anOrder = (subject: string, tenantId: string, datacenterId: string) =>
  orderCreated({
    subject,
    tenantId,
    datacenterId,
    data: { orderId: subject, tenantId, datacenterId, lines: [], requestedBy: 'somebody' },
  });
const aTask = (subject: string, datacenterId: string) =>
  taskOpened({
    subject,
    datacenterId,
    data: {
      taskId: subject,
      kind: 'rack',
      title: 'Rack it',
      datacenterId,
      serverId: null,
      dueAt: '2026-11-02T08:00:00Z',
    },
  });
async function happen(...events: NewEvent[]): Promise<void> {
  await appendEvents(api.db, api.deps.clock, events);
  await api.relay.drain();
}

describe('the live stream', () => {
  it('tells each listener what is theirs to know, and nothing else', async () => {
    const streams = await Promise.all([acme, globex, technician, ops].map((who) => listen(who)));
    await happen(
      anOrder('a', 'acme', 'dc-nyc-01'),
      aTask('t1', 'dc-nyc-01'),
      anOrder('b', 'globex', 'dc-nyc-01'),
      aTask('t2', 'dc-fra-01'),
      anOrder('c', 'acme', 'dc-fra-01'),
    );
    await until('ops to hear all', () => streams[3]?.subjects.length === 5);
    await until(
      'the others to hear theirs',
      () => streams[0]?.subjects.length === 2 && streams[1]?.subjects.length === 1 && streams[2]?.subjects.length === 1,
    );
    expect(streams.map(({ subjects }) => subjects)).toEqual([['a', 'c'], ['b'], ['t1'], ['a', 't1', 'b', 't2', 'c']]);
  });

  it('goes on where the listener left off: nothing missing, nothing twice', async () => {
    const first = await listen(acme);
    await happen(anOrder('before', 'acme', 'dc-nyc-01'));
    await until('the first event', () => first.subjects.length === 1);
    first.end();
    await happen(
      ...Array.from({ length: 20 }, (_, n) => anOrder(`missed-${n}`, n % 2 === 0 ? 'acme' : 'globex', 'dc-nyc-01')),
    );
    const again = await listen(acme, { 'last-event-id': String(first.ids.at(-1)) });
    await happen(anOrder('after', 'acme', 'dc-nyc-01'));
    await until('what was missed', () => again.subjects.includes('after'));
    expect(again.subjects).toEqual([...Array.from({ length: 10 }, (_, n) => `missed-${2 * n}`), 'after']);
    expect(again.ids).toEqual(again.ids.toSorted((a, b) => a - b));
  });

  it('tells a listener who had heard nothing yet where to go on', async () => {
    const silent = await listen(acme);
    expect(silent.ids).toEqual([await lastSequence(api.db)]);
  });

  it.each(['', 'abc', '99999999999999999999', '1.5'])(
    'begins at the present for a place that is none: %j',
    async (id) => {
      const heard = await listen(acme, { 'last-event-id': id });
      expect(heard.ids).toEqual([await lastSequence(api.db)]);
    },
  );

  it('loses nothing to events that come while it begins', async () => {
    const writing = Promise.all(Array.from({ length: 10 }, (_, n) => happen(anOrder(`w${n}`, 'acme', 'dc-nyc-01'))));
    const streams = await Promise.all(Array.from({ length: 5 }, () => listen(acme)));
    await writing;
    await happen(anOrder('last', 'acme', 'dc-nyc-01'));
    const all = (await api.as(ops)('GET /v1/events?limit=200')).body['items'] as {
      subject: string;
      sequence: string;
    }[];
    for (const stream of streams) {
      await until('the last event', () => stream.subjects.includes('last'));
      expect(stream.subjects).toEqual(
        all.filter(({ sequence }) => Number(sequence) > (stream.ids[0] ?? 0)).map(({ subject }) => subject),
      );
    }
  });

  it('is for nobody without a token, and not for a program that may read no events', async () => {
    expect((await fetch(`${api.url}/api/v1/stream`)).status).toBe(401);
    expect((await api.as(edgeAgent('dc-nyc-01'))('GET /v1/stream')).status).toBe(403);
  });
});

it('ends a stream whose beginning fails, and leaves nothing running behind it', async () => {
  const handlers: HttpHandler[] = [];
  const register = app.http.bind(app);
  app.http = (_name, options) => void handlers.push(options.handler);
  let following = 0;
  const feed = {
    follow: async () => {
      following += 1;
      return () => void (following -= 1);
    },
    close: async () => {},
  };
  const db = {
    many: async () => {
      throw new Error('the database went away');
    },
  };
  const caller = new Caller({ iss: 'https://issuer.example', sub: ops, roles: ['ops'] });
  registerStream(
    {
      deps: { db } as unknown as Deps,
      metrics: api.deps.metrics,
      publicUrl: api.url,
      authenticator: {
        fromCertificate: async () => {
          throw new Error('nobody comes with a certificate');
        },
        fromToken: async () => caller,
        fromSession: async () => caller,
      },
    },
    feed,
  );
  app.http = register;
  const answer = await handlers[0]?.(
    new HttpRequest({
      method: 'GET',
      url: `${api.url}/api/v1/stream`,
      headers: { authorization: 'Bearer x', 'last-event-id': '1' },
    }),
    undefined as never,
  );
  const reader = (answer as { body: ReadableStream }).body.getReader();
  await expect(
    (async () => {
      while (!(await reader.read()).done) continue;
    })(),
  ).rejects.toThrow('the database went away');
  expect(following).toBe(0);
});
