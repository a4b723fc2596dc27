import { once } from 'node:events';
import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BmcHint } from '../../../../../shared/adapters/redfish/events.ts';
import type { BmcTarget } from '../../../../../shared/ports/bmc.ts';
import { until } from '../../../../kit/until.ts';
import type { ProfileName } from '../../../../simulators/bmc/hardware.ts';
import { aServer, aStand, type Stand } from '../../../../simulators/bmc/stand.ts';

/** Another host of the network, and what was sent to it. */
let elsewhere: { origin: string; host: string; heard: string[] };
let stand: Stand;
let servers: Server[];
let end: AbortController;
let hints: BmcHint[];
beforeEach(async () => {
  [servers, hints, end] = [[], [], new AbortController()];
  const heard: string[] = [];
  const origin = await listen((request, response) => {
    heard.push(`${request.method} ${request.url} ${request.headers['x-auth-token'] ?? ''}`);
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {}\n\n');
  });
  elsewhere = { origin, host: new URL(origin).host, heard };
  stand = await aStand();
});
afterEach(async () => {
  end.abort();
  await stand.close();
  for (const server of servers) server.close().closeAllConnections();
});

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What a BMC writes in place of a link. */
type Forge = (link: string, where: 'body' | 'location' | 'stream') => string;

/** A BMC that does all that a BMC does, and writes its links otherwise. */
async function aBmc(profile: ProfileName, forge: Forge): Promise<BmcTarget> {
  const bmc = await stand.plugIn(aServer(profile, { serial: 'FORGED' }));
  const address = await listen((request, response) => void forward(new URL(bmc.address), forge, request, response));
  return { ...bmc, address };
}

/** As it came, but for links: those in headers and all in a body, whatever field they are the value of. */
async function forward(
  { hostname, port }: URL,
  forge: Forge,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const onward = ask({
    hostname,
    port,
    method: request.method,
    path: request.url,
    headers: { ...request.headers, host: `${hostname}:${port}` },
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  onward.end(await buffer(request));
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  const { location, 'content-length': _length, 'transfer-encoding': _encoding, ...headers } = answer.headers;
  response.writeHead(answer.statusCode ?? 500, {
    ...headers,
    ...(location !== undefined && { location: forge(location, 'location') }),
  });
  if (headers['content-type']?.includes('event-stream')) return void answer.pipe(response);
  const body = (await buffer(answer)).toString('utf8');
  response.end(
    body.replace(
      /"([\w@.#]+)":"(\/redfish\/v1[^"]*)"/g,
      (_whole, key: string, link: string) =>
        `"${key}":${JSON.stringify(forge(link, key === 'ServerSentEventUri' ? 'stream' : 'body'))}`,
    ),
  );
}

const watch = (bmc: BmcTarget) => stand.redfish.watch(bmc, (hint) => void hints.push(hint), { signal: end.signal });
const sessions = () => stand.fleet.record('FORGED')?.sessions.length;

describe('a BMC that names another host in every link', () => {
  const everywhere: Forge = (link) => elsewhere.origin + link;

  it('is read by the paths of its links, at its own address', async () => {
    const bmc = await aBmc('dell-idrac9', everywhere);
    expect(await stand.redfish.readFacts(bmc)).toMatchObject({ identity: { serial: 'FORGED' } });
    expect((await stand.redfish.readSensors(bmc)).readings.length).toBeGreaterThan(0);
    expect((await stand.redfish.readLog(bmc)).entries).toBeDefined();
    expect(elsewhere.heard).toEqual([]);
  });

  it('has its sessions ended, though their place names another host', async () => {
    const bmc = await aBmc('hpe-ilo6', (link, where) => (where === 'location' ? elsewhere.origin + link : link));
    await stand.redfish.readPower(bmc);
    expect([sessions(), elsewhere.heard]).toEqual([0, []]);
  });

  it('is changed by the paths of its links: power, accounts, and an erasure with its tasks', async () => {
    const bmc = await aBmc('supermicro', everywhere);
    await stand.redfish.setPower(bmc, { action: 'on' });
    expect((await stand.redfish.listAccounts(bmc)).length).toBeGreaterThan(0);
    const begun = await stand.redfish.eraseDrives(bmc, {});
    expect(begun).toMatchObject({ outcome: 'pending' });
    expect(
      await stand.redfish.eraseDrives(bmc, begun.outcome === 'pending' ? { ticket: begun.ticket } : {}),
    ).toMatchObject({ outcome: 'pending', progress: '0 of 4 drives erased' });
    expect(elsewhere.heard).toEqual([]);
  });

  it('is listened to at its own address', async () => {
    const bmc = await aBmc('dell-idrac9', (link, where) => (where === 'stream' ? elsewhere.origin + link : link));
    expect(await watch(bmc)).toBe('sse');
    stand.fleet.note('FORGED', 'Critical', 'heard');
    await until('a hint', () => hints.some(({ text }) => text === 'heard'));
    expect(elsewhere.heard).toEqual([]);
  });

  it('is not followed to where it redirects', async () => {
    const away = await listen(
      (request, response) => void response.writeHead(307, { location: elsewhere.origin + request.url }).end(),
    );
    await expect(
      stand.redfish.probe({
        serverId: 'srv-FORGED',
        datacenterId: 'dc-fra-01',
        address: away,
        secretRef: (await stand.plugIn(aServer('openbmc'))).secretRef,
      }),
    ).rejects.toMatchObject({ status: 307, publicMessage: expect.stringContaining(elsewhere.origin) });
    expect(elsewhere.heard).toEqual([]);
  });
});

describe('a BMC whose link for events a URL parser takes elsewhere', () => {
  it.each([
    ['has no scheme', (host: string) => `//${host}/events`],
    ['has backslashes', (host: string) => `\\\\${host}\\events`],
    ['has a slash and a backslash', (host: string) => `/\\${host}/events`],
    ['has a tab between its slashes', (host: string) => `/\t/${host}/events`],
    ['has a name beside the host', (host: string) => `http://root@${host}/events`],
    ['has one slash', (host: string) => `http:/${host}/events`],
    ['has letters that become ASCII', (host: string) => `http://${host.replace('1', '１')}/events`],
    ['has percent signs in the host', (host: string) => `http://${host.replace('1', '%31')}/events`],
  ] as const)('is sent no token there, and is told to post instead: it %s', async (_what, written) => {
    const bmc = await aBmc('dell-idrac9', (link, where) => (where === 'stream' ? written(elsewhere.host) : link));
    expect(
      await stand.redfish.watch(bmc, (hint) => void hints.push(hint), {
        signal: end.signal,
        destination: 'http://127.0.0.1:9/events',
      }),
    ).toBe('subscription');
    expect(elsewhere.heard).toEqual([]);
  });
});
