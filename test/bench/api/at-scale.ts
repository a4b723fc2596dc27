// The API before a company of a hundred thousand servers: what portals and programs ask, at half and at the whole of
// the design's pace.
import { randomUUID } from 'node:crypto';
import type { LocalPlatform } from '../../../infra/local/platform.ts';
import { Random } from '../../../runtime/durable/memory/random.ts';
import type { OrderDetail } from '../../../shared/domain/orders/orders.api.ts';
import { until } from '../../kit/until.ts';
import { PlatformClient } from '../../simulators/people/platform-client.ts';
import type { Benchmark } from '../kit/benchmark.ts';
import { openLoop, requestText, type Asked, type OpenLoopResult } from '../kit/load.ts';
import { aFolder, startPlatform } from '../kit/platform.ts';
import { costOf } from '../kit/processes.ts';
import type { Figure } from '../kit/report.ts';
import { quantile, sampleOf } from '../kit/statistics.ts';
import { growFleet, tenants, type Fleet } from './fleet.ts';
import { anOrder } from './orders.ts';

const servers = 100_000;
const replicas = 2;
const paces = [250, 500] as const;
const rounds = 5;
const roundMilliseconds = 10_000;

interface Who {
  ops: string;
  tenant: string;
  technician: string;
}

/** What is asked, and how often of a thousand times. */
const mix = (
  { serverOf, orderOf, serialOf }: Fleet,
  { ops, tenant, technician }: Who,
): Record<string, { share: number; make: (any: () => number) => [token: string, path: string, body?: object] }> => ({
  'servers, a page of 50': { share: 60, make: () => [ops, '/api/v1/assets'] },
  'servers in a state and a datacenter': {
    share: 60,
    make: () => [ops, '/api/v1/assets?state=MAINTENANCE&datacenter=dc-nyc-01'],
  },
  'servers by part of a serial number': {
    share: 40,
    make: (any) => [ops, `/api/v1/assets?search=${serialOf(any()).slice(3)}`],
  },
  'one server': { share: 200, make: (any) => [ops, `/api/v1/assets/${serverOf(any())}`] },
  "a tenant's servers": { share: 150, make: () => [tenant, '/api/v1/servers'] },
  "one of a tenant's servers": { share: 120, make: (any) => [tenant, `/api/v1/servers/${serverOf(tenth(any()))}`] },
  "a tenant's orders": { share: 100, make: () => [tenant, '/api/v1/orders'] },
  'one order': { share: 150, make: (any) => [ops, `/api/v1/orders/${orderOf(any())}`] },
  'sagas that are stuck': { share: 30, make: () => [ops, '/api/v1/sagas?state=stuck'] },
  "an order's story": { share: 30, make: (any) => [ops, `/api/v1/orders/${orderOf(any())}/timeline`] },
  "a technician's tasks": { share: 55, make: () => [technician, '/api/v1/tasks'] },
  'an order is placed': { share: 5, make: () => [tenant, '/api/v1/orders', anOrder] },
});

export const atScaleBenchmark: Benchmark = {
  name: 'api-at-scale',
  about:
    `${paces.join(' and ')} requests a second to the API of a company of ${servers.toLocaleString('en')} ` +
    `servers, on ${replicas} hosts`,
  run: async (closing, say) => {
    const folder = aFolder(closing);
    say('bringing one server into service');
    const young = await startPlatform(closing, { DATA_DIR: folder, LAB_SPEED: '1000' });
    const buyer = signedIn(young, 'tenant-admin@acme.example');
    const { id } = await buyer.post<{ id: string }>('/api/v1/orders', anOrder);
    await until(
      'the order to be fulfilled',
      async () => (await buyer.get<OrderDetail>(`/api/v1/orders/${id}`)).state === 'fulfilled',
      120_000,
    );
    say(`making ${servers.toLocaleString('en')} more like it, of ${tenants} tenants`);
    const fleet = await growFleet(young.databaseUrl, servers);
    await young.stop();

    // Whoever would work on the orders that are placed now is at home: the lab is not what is measured.
    const platform = await startPlatform(closing, {
      DATA_DIR: folder,
      LAB_AUTOPILOT: 'off',
      LAB_SPEED: '1',
      REPLICAS: String(replicas),
    });
    const [ops, tenant, technician] = await Promise.all(
      ['ops@rackline.example', 'tenant-admin@acme.example', 'technician@dc-nyc-01.rackline.example'].map((who) =>
        signedIn(platform, who).token(),
      ),
    );
    const requests = drawFrom(mix(fleet, { ops, tenant, technician } as Who));
    const ports = Array.from({ length: replicas }, (_, number) => Number(new URL(platform.url).port) + number);
    const { hosts, database } = platform.pids;
    const pids = { platform: hosts, database: [database ?? 0] };
    const figures: Figure[] = [];
    for (const perSecond of paces) {
      const measured: Measured[] = [];
      for (let round = 0; round <= rounds; round++) {
        say(`${perSecond}/s: ${round === 0 ? 'warming up' : `round ${round} of ${rounds}`}`);
        const before = Object.values(pids).map(cpuOf);
        const { latencies, milliseconds } = await openLoop({
          ports,
          connections: 64,
          perSecond,
          milliseconds: roundMilliseconds,
          next: requests,
        });
        const cpu = Object.values(pids).map((of, index) => ((cpuOf(of) - (before[index] ?? 0)) / milliseconds) * 100);
        if (round > 0) measured.push({ latencies, cpu: { platform: cpu[0] ?? 0, database: cpu[1] ?? 0 } });
      }
      figures.push(...figuresOf(perSecond, measured));
    }
    return {
      figures,
      notes: [
        `In the database: ${Object.entries(fleet.rows)
          .map(([table, count]) => `${count.toLocaleString('en')} of ${table}`)
          .join(', ')}.`,
        'Requests come at their pace, whether or not those before are answered; each is counted from when ' +
          'it was due. Whoever asks is on the same machine.',
      ],
    };
  },
};

interface Measured {
  latencies: OpenLoopResult['latencies'];
  /** Of one core, in per cent. */
  cpu: { platform: number; database: number };
}

function figuresOf(perSecond: number, measured: readonly Measured[]): Figure[] {
  const isWhole = perSecond === Math.max(...paces);
  const each = (share: number) =>
    sampleOf(measured.map(({ latencies }) => quantile([...latencies.values()].flat(), share)));
  const cpu = (of: keyof Measured['cpu']) => sampleOf(measured.map((round) => round.cpu[of]));
  const names = isWhole ? [] : [...new Set(measured.flatMap(({ latencies }) => [...latencies.keys()]))];
  return [
    { what: `at ${perSecond}/s, p50`, unit: 'ms', ours: each(0.5) },
    { what: `at ${perSecond}/s, p95`, unit: 'ms', ours: each(0.95), ...(isWhole && { target: '< 20 ms' }) },
    { what: `at ${perSecond}/s, p99`, unit: 'ms', ours: each(0.99), ...(isWhole && { target: '< 50 ms' }) },
    { what: `at ${perSecond}/s, CPU of the platform, of one core`, unit: '%', ours: cpu('platform') },
    { what: `at ${perSecond}/s, CPU of the database, of one core`, unit: '%', ours: cpu('database') },
    ...names.map((name) => ({
      what: `  ${name}, p95`,
      unit: 'ms',
      ours: sampleOf(measured.map(({ latencies }) => quantile(latencies.get(name) ?? [], 0.95))),
    })),
  ];
}

const cpuOf = (pids: readonly number[]): number => costOf(pids)?.cpuMilliseconds ?? Number.NaN;

const signedIn = ({ url, issuer }: LocalPlatform, signIn: string) => new PlatformClient({ url, issuer, signIn });

/** Every tenth server is the tenant's who asks. */
const tenth = (number: number) => number - (number % 10);

/** Requests in the shares of the mix, in an order that is the same each time. */
function drawFrom(all: ReturnType<typeof mix>): () => Asked {
  const deck = Object.entries(all).flatMap(([name, { share, make }]) =>
    Array.from({ length: share }, () => ({ name, make })),
  );
  const random = new Random(7);
  return () => {
    const card = deck[random.below(deck.length)];
    if (!card) throw new Error('The mix is empty.');
    const [token, path, body] = card.make(() => 100 + random.below(servers - 100));
    const headers = { authorization: `Bearer ${token}`, ...(body && { 'idempotency-key': randomUUID() }) };
    return { name: card.name, text: requestText(body ? 'POST' : 'GET', path, headers, body), status: body ? 202 : 200 };
  };
}
