import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AgentStatus } from '../../../edge/health.ts';
import { freePort } from '../../../infra/local/postgres.ts';
import { DatacenterId } from '../../../shared/kernel/ids.ts';
import { until } from '../../kit/until.ts';
import { openStreams } from '../../simulators/bmc/events.ts';
import type { ProfileName } from '../../simulators/bmc/hardware.ts';
import { aServer, aStand, type Stand } from '../../simulators/bmc/stand.ts';
import { AgentProcess, PretendPlatform } from './kit.ts';

/** One whose place in the period is its very beginning: each life of the agent looks at it at once. */
const serverId =
  Array.from({ length: 10_000 }, (_, number) => `srv-${number}`).find(
    (id) => createHash('sha256').update(id).digest().readUInt32BE() < 2 ** 32 / 1000,
  ) ?? '';
const serial = 'HEARD1';
/** A process has to start, come in, and ask for what it needs. */
let folder: string;
let platform: PretendPlatform;
let stand: Stand;
let agent: AgentProcess;
let events: string;
let environment: Record<string, string>;
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-health-'));
  platform = new PretendPlatform();
  await platform.listen();
  platform.configuration = { managementPrefixes: ['127.0.0.0/8'], pullSeconds: 1 };
  events = `127.0.0.1:${await freePort()}`;
  environment = {
    ...platform.environment(folder, 'dc-fra-01'),
    EDGE_LISTEN: '127.0.0.1:0',
    EDGE_BMC_EVENTS_LISTEN: events,
    LOG_LEVEL: 'silent',
  };
  stand = await aStand();
  agent = await AgentProcess.start(environment);
});
afterEach(async () => {
  await agent.end('SIGTERM');
  await stand.close();
  await platform.close();
  rmSync(folder, { recursive: true });
});

const record = () => stand.fleet.record(serial)!;
/** What the platform received; an agent that was killed may send the same event twice. */
const readings = () =>
  [...new Map(platform.taken.map((event) => [event.id, event])).values()].flatMap((event) =>
    event.kind === 'bmc-readings' ? event.readings : [],
  );
const logged = () =>
  readings()
    .flatMap((reading) => ('log' in reading ? (reading.log?.entries ?? []) : []))
    .map(({ message }) => message);
const eventSubscriptions = async () =>
  ((await (await fetch(`${agent.url}/healthz`)).json()) as AgentStatus).eventSubscriptions;

/** Its BMC answers, and is in the agent's list. */
async function isKnown(profile: ProfileName): Promise<void> {
  const server = aServer(profile, { serial });
  const { address, secretRef } = await stand.plugIn(server);
  platform.safe.set(secretRef, server.factoryAccount);
  platform.servers = [
    {
      id: serverId,
      datacenter: DatacenterId.parse(server.datacenter),
      state: 'IN_SERVICE',
      serial,
      bmcMac: server.bmcMac,
      macs: [],
      version: 1,
      bmcAddress: address,
      bmcSecretRef: secretRef,
      jobs: [],
    },
  ];
  platform.etag = '"2"';
}

/** The list is empty. An unknown device makes the agent pull it again. */
async function nothingIsKnown(): Promise<void> {
  platform.servers = [];
  platform.etag = '"3"';
  await fetch(`${agent.url}/lease`, {
    method: 'POST',
    body: JSON.stringify({ mac: '00:1a:00:00:00:77', address: '127.0.0.9' }),
  });
}

describe('a server whose management controller streams its events', () => {
  beforeEach(async () => {
    await isKnown('dell-idrac9');
    await until('it is listened to', () => openStreams(record()) === 1);
  });

  it('is looked at when it becomes known, sensors and log, and at once when something happens there', async () => {
    stand.fleet.ail(serial, { kind: 'fan-stopped', fan: 4 });
    await until('both looks at the platform', () => readings().length === 2);
    const sensors = (wanted: object) => ({
      readings: expect.arrayContaining([expect.objectContaining({ kind: 'fan', unit: 'RPM', ...wanted })]),
    });
    expect(readings()).toContainEqual(
      expect.objectContaining({
        serverId,
        health: 'ok',
        powerWatts: expect.any(Number),
        sensors: expect.objectContaining(sensors({ health: 'ok' })),
        log: { entries: [] },
      }),
    );
    expect(readings()).toContainEqual(
      expect.objectContaining({
        serverId,
        health: 'critical',
        sensors: expect.objectContaining(sensors({ health: 'critical' })),
        log: {
          entries: [expect.objectContaining({ severity: 'critical', message: expect.stringContaining('Fan 4') })],
        },
      }),
    );
    expect(record().sessions).toHaveLength(1); // looks and stream share it
  });

  it('is reported once by an agent that was killed, and the session that it left open is ended', async () => {
    stand.fleet.ail(serial, { kind: 'fan-stopped', fan: 4 });
    await until('what it logged at the platform', () => logged().some((message) => message.includes('Fan 4')));
    const [left] = record().sessions;
    await agent.end('SIGKILL');
    expect(record().sessions).toEqual([left]);
    agent = await AgentProcess.start(environment);
    await until('it is listened to again', () => openStreams(record()) === 1);
    expect(record().sessions).toHaveLength(1);
    expect(record().sessions[0]?.id).not.toBe(left?.id);
    stand.fleet.note(serial, 'Warning', 'the intrusion switch was opened');
    await until('what came after', () => logged().some((message) => message.includes('intrusion')));
    expect(logged().length).toBe(new Set(logged()).size);
  });

  it('is left with neither stream nor session by an agent that ends, or that is to stand by', async () => {
    platform.role = 'standby';
    await until('it is left', () => openStreams(record()) === 0 && record().sessions.length === 0);
    platform.role = 'active';
    await until('it is listened to again', () => openStreams(record()) === 1);
    await agent.end('SIGTERM');
    expect([openStreams(record()), record().sessions]).toEqual([0, []]);
    agent = await AgentProcess.start(environment);
  });

  it('is left so too when it leaves the list', async () => {
    await nothingIsKnown();
    await until('it is left', () => openStreams(record()) === 0 && record().sessions.length === 0);
  });
});

describe('a server whose management controller posts its events', () => {
  it('is left with neither subscription nor session when it leaves the list', async () => {
    await isKnown('hpe-ilo6');
    await until('it is subscribed to', async () => (await eventSubscriptions()).subscriptions === 1);
    await nothingIsKnown();
    await until('it is left', () => record().subscriptions.length === 0 && record().sessions.length === 0);
  });

  it('is looked at when it does, and unsubscribed from when the agent ends', async () => {
    await isKnown('hpe-ilo6');
    await until('it is subscribed to', async () => (await eventSubscriptions()).subscriptions === 1);
    const [subscription] = record().subscriptions;
    expect(subscription?.destination).toMatch(new RegExp(`^http://${events}/bmc-events/[\\w-]{32}$`));
    stand.fleet.ail(serial, { kind: 'supply-without-input', supply: 1 });
    await until('what it logged at the platform', async () => {
      await stand.time.pass(1);
      return logged().some((message) => message.includes('power supply 1'));
    });
    await agent.end('SIGTERM');
    expect([record().subscriptions, record().sessions]).toEqual([[], []]);
    agent = await AgentProcess.start(environment);
  });

  it('reaches nothing of the agent but the address that was made for it', async () => {
    for (const at of [`bmc-events/${serverId}`, 'lease', 'healthz'])
      expect((await fetch(`http://${events}/${at}`, { method: 'POST', body: '{}' })).status).toBe(404);
  });
});
