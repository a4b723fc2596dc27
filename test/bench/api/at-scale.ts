// The API before a company of a hundred thousand servers: 500 requests a second of what portals and programs ask.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { OrderDetail } from '../../../shared/api/orders.ts';
import { Random } from '../../../runtime/durable/memory/random.ts';
import { PlatformClient } from '../../simulators/people/platform-client.ts';
import type { Benchmark } from '../kit/benchmark.ts';
import { openLoop, requestText, type Asked } from '../kit/load.ts';
import { startPlatform } from '../kit/platform.ts';
import { costOf } from '../kit/processes.ts';
import { quantile, sampleOf } from '../kit/statistics.ts';
import { growFleet, tenants, type Fleet } from './fleet.ts';
import { anOrder } from './orders.ts';

const servers = 100_000;
const perSecond = 500;
const rounds = 5;
const roundMilliseconds = 10_000;

interface Who {
  ops: string;
  tenant: string;
  technician: string;
}

/** What is asked, and how often of a thousand times. */
export const mix = ({ serverOf, orderOf, serialOf }: Fleet, { ops, tenant, technician }: Who): Record<string, { share: number; make: (any: () => number) => [token: string, path: string, body?: object] }> => ({
  'servers, a page of 50': { share: 60, make: () => [ops, '/api/v1/assets'] },
  'servers in a state and a datacenter': { share: 60, make: () => [ops, '/api/v1/assets?state=MAINTENANCE&datacenter=dc-nyc-01'] },
  'servers by part of a serial number': { share: 40, make: (any) => [ops, `/api/v1/assets?search=${serialOf(any()).slice(3)}`] },
  'one server': { share: 200, make: (any) => [ops, `/api/v1/assets/${serverOf(any())}`] },
  'a tenant\'s servers': { share: 150, make: () => [tenant, '/api/v1/servers'] },
  'one of a tenant\'s servers': { share: 120, make: (any) => [tenant, `/api/v1/servers/${serverOf(tenth(any()))}`] },
  'a tenant\'s orders': { share: 100, make: () => [tenant, '/api/v1/orders'] },
  'one order': { share: 150, make: (any) => [ops, `/api/v1/orders/${orderOf(any())}`] },
  'sagas that are stuck': { share: 30, make: () => [ops, '/api/v1/sagas?state=stuck'] },
  'an order\'s story': { share: 30, make: (any) => [ops, `/api/v1/orders/${orderOf(any())}/timeline`] },
  'a technician\'s tasks': { share: 55, make: () => [technician, '/api/v1/tasks'] },
  'an order is placed': { share: 0, make: () => [tenant, '/api/v1/orders', anOrder] },
});

export const atScaleBenchmark: Benchmark = {
  name: 'api-at-scale',
  about: `${perSecond} requests a second to the API of a company of ${servers.toLocaleString('en')} servers`,
  run: async (closing, say) => {
    const platform = await startPlatform(closing, { LAB_SPEED: '1000' });
    const as = (signIn: string) => new PlatformClient({ url: platform.url, issuer: platform.issuer, signIn });
    const [ops, tenant, technician] = [as('ops@rackline.example'), as('tenant-admin@acme.example'), as('technician@dc-nyc-01.rackline.example')];
    say('bringing one server into service');
    const { id } = await tenant.post<{ id: string }>('/api/v1/orders', anOrder);
    while ((await tenant.get<OrderDetail>(`/api/v1/orders/${id}`)).state !== 'fulfilled') await delay(500);
    say(`making ${servers.toLocaleString('en')} more like it, of ${tenants} tenants`);
    const fleet = await growFleet(platform.databaseUrl, servers);

    const requests = drawFrom(mix(fleet, { ops: await ops.token(), tenant: await tenant.token(), technician: await technician.token() }));
    const port = Number(new URL(platform.url).port);
    const { hosts, database } = platform.pids;
    const pids = { platform: hosts, database: [database ?? 0] };
    const latencies = new Map<string, number[]>();
    const overall: number[][] = [];
    const cpu: Record<string, number[]> = { platform: [], database: [] };
    for (let round = 0; round <= rounds; round++) {
      say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
      const before = Object.entries(pids).map(([name, all]) => [name, costOf(all)?.cpuMilliseconds ?? 0] as const);
      const result = await openLoop({ port, connections: 64, perSecond, milliseconds: roundMilliseconds, next: requests });
      if (round === 0) continue;
      for (const [name, was] of before) cpu[name]?.push((((costOf(pids[name as keyof typeof pids])?.cpuMilliseconds ?? 0) - was) / result.milliseconds) * 100);
      for (const [name, of] of result.latencies) latencies.set(name, [...(latencies.get(name) ?? []), ...of]);
      overall.push([...result.latencies.values()].flat());
    }
    const each = (share: number) => sampleOf(overall.map((of) => quantile(of, share)));
    return {
      figures: [
        { what: 'all requests, p50', unit: 'ms', ours: each(0.5) },
        { what: 'all requests, p95', unit: 'ms', ours: each(0.95), target: '< 20 ms' },
        { what: 'all requests, p99', unit: 'ms', ours: each(0.99), target: '< 50 ms' },
        { what: 'CPU of the platform, of one core', unit: '%', ours: sampleOf(cpu['platform'] ?? []) },
        { what: 'CPU of the database, of one core', unit: '%', ours: sampleOf(cpu['database'] ?? []) },
        ...[...latencies].map(([name, of]) => ({ what: `${name}, p95`, unit: 'ms', ours: sampleOf([quantile(of, 0.95)]) })),
      ],
      notes: [
        `In the database: ${Object.entries(fleet.rows).map(([table, count]) => `${count.toLocaleString('en')} of ${table}`).join(', ')}.`,
        'Requests come at their pace, whether or not those before are answered; each is counted from when it was due. Whoever asks is on the same machine.',
      ],
    };
  },
};

/** Every tenth server is the tenant's who asks. */
const tenth = (number: number) => number - (number % 10);

/** Requests in the shares of the mix, in an order that is the same each time. */
export function drawFrom(all: ReturnType<typeof mix>): () => Asked {
  const deck = Object.entries(all).flatMap(([name, { share, make }]) => Array.from({ length: share }, () => ({ name, make })));
  const random = new Random(7);
  return () => {
    const card = deck[random.below(deck.length)];
    if (!card) throw new Error('The mix is empty.');
    const [token, path, body] = card.make(() => 100 + random.below(servers - 100));
    const headers = { authorization: `Bearer ${token}`, ...(body && { 'idempotency-key': randomUUID() }) };
    return { name: card.name, text: requestText(body ? 'POST' : 'GET', path, headers, body), status: body ? 202 : 200 };
  };
}
