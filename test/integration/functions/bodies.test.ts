import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { contracts } from '../../../shared/access/contracts.ts';
import { mostBodyBytes } from '../../../shared/http/body.ts';
import { bodyShapes, bodyTargets, type BodyTarget } from '../../kit/body-shapes.ts';
import { until } from '../../kit/until.ts';
import { anApi, type Api } from './kit.ts';

let api: Api;
/** What the platform has called a failure of its own. */
const failures: unknown[] = [];
beforeAll(async () => {
  api = await anApi();
  jest.spyOn(api.deps.log, 'requestFailed').mockImplementation((fields) => void failures.push(fields));
  await api.agent('dc-nyc-01');
});
afterAll(() => api.close());
beforeEach(() => void failures.splice(0));

const takers = contracts.filter(({ body }) => body);
const targetOf = (name: string): BodyTarget => {
  const target = bodyTargets[name];
  if (!target) throw new Error(`${name} has no line in the table of endpoints that take a body.`);
  return target;
};
const routeOf = (name: string) => contracts.find((each) => each.name === name)?.route ?? '';
const request = (name: string) => `${routeOf(name).split(' ')[0] as 'POST' | 'PUT'} ${targetOf(name).path}` as const;
/** How many requests were answered with such a status, as the metrics say. */
const answered = async (route: string, status: RegExp) => {
  const { values } = await api.deps.metrics.requests.get();
  return values
    .filter(
      ({ metricName, labels }) =>
        metricName?.endsWith('_count') && labels.route === route && status.test(String(labels.status)),
    )
    .reduce((sum, { value }) => sum + value, 0);
};

describe('a body that nobody would send who means well', () => {
  const cells = takers.flatMap((endpoint) =>
    bodyShapes.map((shape) => [endpoint.name, shape.name, endpoint, shape] as const),
  );
  it.each(cells)('%s: %s', async (name, _shape, endpoint, { make, code }) => {
    const { as, valid } = targetOf(name);
    const { status, body } = await api.as(as)(request(name), { body: make(mostBodyBytes(endpoint), valid) });
    if (status >= 400 || code !== undefined)
      expect({ status, ...body }).toMatchObject({
        status: code === 'input.too-large' ? 413 : expect.any(Number),
        code: code ?? expect.any(String),
        traceId: expect.any(String),
      });
    expect({ failures, isOurs: status >= 500 }).toEqual({ failures: [], isOurs: false });
  });
});

describe('whoever may not ask', () => {
  it.each(takers.filter(({ audience }) => audience !== 'anonymous').map(({ name }) => [name]))(
    '%s: is told so before its body is looked at',
    async (name) => {
      const wrong = { body: '{"no JSON' };
      expect((await api.as(null)(request(name), wrong)).body).toMatchObject({ code: 'auth.needed' });
      expect((await api.as('tenant-viewer@acme.example')(request(name), wrong)).body).toMatchObject({
        code: 'auth.forbidden',
      });
    },
  );

  it('is told so before the address is looked at', async () => {
    expect((await api.as('tenant-viewer@acme.example')('POST /v1/orders/no-id/cancel')).body).toMatchObject({
      code: 'auth.forbidden',
    });
    expect((await api.as('tenant-admin@acme.example')('POST /v1/orders/no-id/cancel')).body).toMatchObject({
      code: 'input.invalid',
    });
  });
});

describe('a body that is too large', () => {
  it('is refused with the limit named, and the connection can be used again', async () => {
    const { status, body } = await api.as('ops@rackline.example')(request('adopt-asset'), { body: 'x'.repeat(65_537) });
    expect({ status, detail: body['detail'] }).toEqual({
      status: 413,
      detail: 'The request body is larger than the 65536 bytes that are taken here.',
    });
    expect((await api.as('ops@rackline.example')('GET /v1/me')).status).toBe(200);
  });

  it('is refused by what it declares, before any of it is sent', async () => {
    const { answer, socket } = await aRawRequest(['content-length: 90000000']);
    expect(await answer).toMatch(/^HTTP\/1\.1 413 [^]*"code":"input.too-large"/);
    socket.destroy();
  });

  it('is refused when more has come than is taken, though its end has not', async () => {
    const { answer, socket } = await aRawRequest(['transfer-encoding: chunked'], `5000\r\n${' '.repeat(0x5000)}\r\n`);
    expect(await answer).toMatch(/^HTTP\/1\.1 413 [^]*"code":"input.too-large"/);
    socket.destroy();
  });
});

describe('a body that breaks off', () => {
  it.each([
    ['of known length', ['content-length: 1000'], '{"code":'],
    ['of unknown length', ['transfer-encoding: chunked'], '8\r\n{"code":\r\n'],
  ])(
    '%s is no failure of ours: not in the log, and counted as the mistake of its sender',
    async (_what, headers, sent) => {
      const refused = await answered(routeOf('enrol-agent'), /^4/);
      const { socket, heard } = await aRawRequest([...headers, 'expect: 100-continue'], sent);
      await heard; // the host has the request in hand
      socket.destroy();
      await until(
        'the request to be counted',
        async () => (await answered(routeOf('enrol-agent'), /^4/)) === refused + 1,
      );
      expect({ failures, ours: await answered(routeOf('enrol-agent'), /^5/) }).toEqual({ failures: [], ours: 0 });
    },
  );
});

/**
 * What anybody may send, byte by byte, to the endpoint that anybody may ask. `heard`: the first word that comes back;
 * `answer`: all of it.
 */
async function aRawRequest(
  headers: readonly string[],
  body = '',
): Promise<{ socket: Socket; heard: Promise<unknown>; answer: Promise<string> }> {
  const { port } = new URL(api.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => {}); // we hang up in the middle
  const heard = once(socket, 'data');
  const answer = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (data) => {
      text += data.toString();
      if (text.includes('}')) resolve(text);
    });
  });
  await new Promise<void>((resolve) =>
    socket.write(
      [`POST /api${targetOf('enrol-agent').path} HTTP/1.1`, 'host: 127.0.0.1', ...headers, '', body].join('\r\n'),
      () => resolve(),
    ),
  );
  return { socket, heard, answer };
}
