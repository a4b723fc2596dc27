import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startAgent, type Agent } from '../../../edge/agent.ts';
import { silentEdgeLog } from '../../../edge/kernel/log.ts';
import { until } from '../../kit/until.ts';
import { nyc } from '../../unit/edge/events.ts';
import { anIdentityAt, PretendPlatform } from './kit.ts';

let folder: string;
let platform: PretendPlatform;
let agent: Agent;
const agentOptions = (journalBytes = 1_000_000) => ({
  datacenter: nyc,
  folder,
  journalBytes,
  address: { host: '127.0.0.1', port: 0 },
  log: silentEdgeLog,
  ...anIdentityAt(platform, folder, nyc),
});
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-agent-'));
  platform = new PretendPlatform();
  await platform.listen();
  platform.configuration = { managementPrefixes: ['10.0.0.0/8'] };
  platform.servers = [
    {
      id: 'srv-1',
      datacenter: nyc,
      state: 'CABLED',
      serial: 'S1',
      bmcMac: '00:1a:00:00:00:01',
      macs: ['52:54:00:00:00:01'],
      version: 3,
      bmcAddress: null,
      bmcSecretRef: null,
      jobs: [],
    },
  ];
  agent = await startAgent(agentOptions());
  await until('the list of servers', async () => agent.expected.isKnown);
});
afterEach(async () => {
  await agent.stop();
  await platform.close();
  rmSync(folder, { recursive: true });
});

const post = async (route: string, body: unknown) => {
  const answer = await fetch(`${agent.url}${route}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const read = async (route: string) => {
  const answer = await fetch(`${agent.url}${route}`);
  return { status: answer.status, text: await answer.text() };
};
const arrived = (count: number) => until(`${count} events at the platform`, async () => platform.taken.length >= count);

describe('the agent', () => {
  it('passes on a lease of a server’s BMC under its own name, once, and where it answers', async () => {
    expect((await post('/lease', { mac: '00-1A-00-00-00-01', address: '10.0.0.9' })).status).toBe(202);
    await arrived(1);
    expect(platform.taken).toMatchObject([
      {
        kind: 'dhcp-lease',
        datacenter: 'dc-nyc-01',
        mac: '00:1a:00:00:00:01',
        address: '10.0.0.9',
        bmcUrl: 'https://10.0.0.9',
      },
    ]);
    const names = new Set(platform.asked.filter(({ path }) => path !== '/api/v1/edge/enrol').map((each) => each.agent));
    expect([...names]).toEqual([expect.stringMatching(/^dc-nyc-01:agt_/)]);
    await until('the answers to be noted', () => agent.status().journal.events === 0);
    expect(agent.status()).toMatchObject({
      condition: 'ok',
      link: { isUp: true, sent: 1 },
      leases: { heard: 1, last: { mac: '00:1a:00:00:00:01', address: '10.0.0.9' }, sources: [], isCaughtUp: true },
      boot: null,
    });
  });

  it('calls a machine unknown when the list does not have it, and says where it is plugged in', async () => {
    await post('/lease', { mac: '00:1a:00:00:00:77', address: '10.0.0.77', circuitId: 'nyc-r12-sw1 Ethernet7' });
    await arrived(1);
    expect(platform.taken).toMatchObject([
      { kind: 'unknown-device', mac: '00:1a:00:00:00:77', address: '10.0.0.77', circuitId: 'nyc-r12-sw1 Ethernet7' },
    ]);
  });

  it('leaves it to the platform when software made the address up', async () => {
    await post('/lease', { mac: '52:54:00:aa:bb:cc', address: '10.0.0.78' });
    await arrived(1);
    expect(platform.taken).toMatchObject([{ kind: 'dhcp-lease', mac: '52:54:00:aa:bb:cc' }]);
  });

  it.each([
    ['a lease without a MAC', '/lease', { address: '10.0.0.1' }, /mac/],
    ['a MAC that is none', '/lease', { mac: 'router', address: '10.0.0.1' }, /mac: must be twelve hexadecimal digits/],
    [
      'an address that is none',
      '/lease',
      { mac: '00:1a:00:00:00:01', address: 'http://10.0.0.1' },
      /address: must be an IPv4 address/,
    ],
    ['what is not JSON', '/lease', 'mac=1', /not JSON/],
  ])('turns %s away, saying why', async (_name, route, body, complaint) => {
    const answer = await post(route, body);
    expect(answer.status).toBe(400);
    expect(answer.body['detail']).toMatch(complaint);
    expect(agent.status().journal.events).toBe(0);
  });

  it('stores leases while the platform answers nothing, and says since when', async () => {
    platform.fault = [0, 503, 500];
    await post('/lease', { mac: '00:1a:00:00:00:01', address: '10.0.0.9' });
    await until('the failed tries', async () => agent.status().link.failures > 0);
    expect(agent.status()).toMatchObject({ condition: 'cut-off', link: { isUp: false }, journal: { events: 1 } });
    await arrived(1);
    await until('the link to be up', async () => agent.status().condition === 'ok');
    expect(platform.taken).toHaveLength(1);
  });

  it('makes a dead letter of an event that the platform refuses, and shows it', async () => {
    platform.fault = [400];
    await post('/lease', { mac: '00:1a:00:00:00:01', address: '10.0.0.9' });
    await until('the event to be a dead letter', async () => agent.status().journal.deadLetters === 1);
    await post('/lease', { mac: '00:1a:00:00:00:01', address: '10.0.0.10' });
    await arrived(1);
    const { deadLetters } = JSON.parse((await read('/healthz')).text) as {
      deadLetters: { reason: string; event: { address: string } }[];
    };
    expect(deadLetters).toMatchObject([{ event: { address: '10.0.0.9' }, reason: expect.stringContaining('400') }]);
  });

  it('rejects events and is not ready when its journal is full', async () => {
    await agent.stop();
    platform.fault = new Array<number>(1000).fill(503);
    agent = await startAgent(agentOptions(1000));
    const answers = [];
    for (let machine = 0; machine < 4; machine++)
      answers.push((await post('/lease', { mac: `00:1a:00:00:01:0${machine}`, address: '10.0.0.1' })).status);
    expect(answers).toEqual([202, 202, 503, 503]);
    expect((await read('/readyz')).status).toBe(503);
    expect(JSON.parse((await read('/healthz')).text)).toMatchObject({
      condition: 'failing',
      journal: { isFull: true, events: 2 },
    });
    platform.fault = [];
    await until('room', async () => (await read('/readyz')).status === 200);
  });

  it('knows its servers and its unsent events after a restart without the platform', async () => {
    platform.fault = new Array<number>(1000).fill(503);
    await post('/lease', { mac: '00:1a:00:00:00:01', address: '10.0.0.9' });
    await agent.stop();
    agent = await startAgent(agentOptions());
    expect(agent.status()).toMatchObject({ journal: { events: 1 }, expected: { servers: 1 } });
    platform.fault = [];
    await arrived(1);
  });

  it('shows its figures to Prometheus', async () => {
    await post('/lease', { mac: '00:1a:00:00:00:01', address: '10.0.0.9' });
    await arrived(1);
    await until('the event to be acknowledged', async () => agent.status().journal.events === 0);
    const { text } = await read('/metrics');
    expect(text).toContain('rackline_edge_link_up{datacenter="dc-nyc-01"} 1');
    expect(text).toContain('rackline_edge_sent_events{datacenter="dc-nyc-01"} 1');
    expect(text).toContain('rackline_edge_journal_events{datacenter="dc-nyc-01"} 0');
  });

  it('names its paths to whoever asks for another', async () => {
    const answer = await fetch(`${agent.url}/`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toMatch(/POST \/lease, GET \/healthz/);
  });
});
