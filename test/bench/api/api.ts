// What a request to the API costs: the real platform, signed in and with everything it does around a request,
// beside routes of Fastify that only touch the database.
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { LocalPlatform } from '../../../infra/local/platform.ts';
import { PlatformClient } from '../../simulators/people/platform-client.ts';
import type { Benchmark } from '../kit/benchmark.ts';
import { Contender } from '../kit/contender.ts';
import { durabilityOf } from '../kit/durability.ts';
import { closedLoop, repeatFor, requestText, type LoadResult } from '../kit/load.ts';
import { startPlatform } from '../kit/platform.ts';
import { costOf } from '../kit/processes.ts';
import type { Figure } from '../kit/report.ts';
import { installRivals, rival } from '../kit/rivals.ts';
import { quantile, sampleOf } from '../kit/statistics.ts';
import { anOrder, ordersOfHistory, untilQuiet } from './orders.ts';

const rounds = 5;
const connections = 16;
const readMilliseconds = 2_000;
const writes = 150;
const ordersBefore = 2_000;

/** One of the two services, as the load sees it. */
interface Service {
  name: string;
  port: number;
  pids: readonly number[];
  headers: Readonly<Record<string, string>>;
}

interface Measured {
  perSecond: number;
  p50: number;
  p95: number;
  cpu: number | undefined;
}

const workloads = ['GET /orders (a page of 50)', 'GET /orders/{id}', 'POST /orders'] as const;
type Workload = (typeof workloads)[number];

export const apiBenchmark: Benchmark = {
  name: 'api',
  about: `reads and writes over HTTP on ${connections} connections, each asking again as soon as it is answered`,
  run: async (closing, say) => {
    const platform = await startPlatform(closing, { LAB_AUTOPILOT: 'off', LAB_SPEED: '1' });
    const sql = new Client({ connectionString: platform.databaseUrl });
    await sql.connect();
    closing.add(() => sql.end());
    const orderId = await ordersOfHistory(platform.databaseUrl, ordersBefore);
    await sql.query('ANALYZE');

    const token = await new PlatformClient({
      url: platform.url,
      issuer: platform.issuer,
      signIn: 'tenant-admin@acme.example',
    }).token();
    const ours: Service = {
      name: 'Rackline',
      port: portOf(platform),
      pids: platform.pids.hosts,
      headers: { authorization: `Bearer ${token}` },
    };
    const problem = installRivals();
    const services = [ours];
    if (!problem) {
      const fastify = closing.keep(
        await Contender.launch({ name: 'Fastify', script: rival('fastify.mjs'), args: [platform.databaseUrl] }),
      );
      services.push({ name: 'Fastify', port: fastify.ready.port ?? 0, pids: [fastify.pid], headers: {} });
    }

    const measured = new Map(
      workloads.map((workload) => [workload, new Map(services.map(({ name }) => [name, [] as Measured[]]))]),
    );
    for (let round = 0; round <= rounds; round += 1) {
      say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
      for (const workload of workloads) {
        for (const service of services) {
          const result = await measure(service, workload, orderId);
          if (round > 0) measured.get(workload)?.get(service.name)?.push(result);
          if (workload === 'POST /orders') await untilQuiet(sql);
        }
      }
    }
    return {
      figures: workloads.flatMap((workload) => figuresOf(workload, measured.get(workload) ?? new Map())),
      database: await durabilityOf({ url: platform.databaseUrl }),
      notes: [
        `${ordersBefore} orders of history. Both read the same tables of the same server.`,
        'Rackline: token verified, rights checked, answer checked against its schema; POST keeps the ' +
          'Idempotency-Key, the order, its event in the chained log and its saga, which begins at once and ' +
          'shares the process.',
        'Fastify: one statement per request, no sign-in. CPU is of the serving process alone.',
        ...(problem ? [`Without Fastify: ${problem}`] : []),
      ],
    };
  },
};

async function measure(service: Service, workload: Workload, orderId: string): Promise<Measured> {
  const before = costOf(service.pids);
  const { latencies, milliseconds } = await load(service, workload, orderId);
  const after = costOf(service.pids);
  return {
    perSecond: (latencies.length / milliseconds) * 1_000,
    p50: quantile(latencies, 0.5),
    p95: quantile(latencies, 0.95),
    cpu: before && after && (after.cpuMilliseconds - before.cpuMilliseconds) / latencies.length,
  };
}

function load({ port, headers }: Service, workload: Workload, orderId: string): Promise<LoadResult> {
  if (workload === 'POST /orders') {
    let left = writes;
    const post = () => requestText('POST', '/api/v1/orders', { ...headers, 'idempotency-key': randomUUID() }, anOrder);
    return closedLoop({ port, connections, status: 202, next: () => (left-- > 0 ? post() : undefined) });
  }
  const get = requestText(
    'GET',
    workload === 'GET /orders/{id}' ? `/api/v1/orders/${orderId}` : '/api/v1/orders',
    headers,
  );
  return closedLoop({ port, connections, status: 200, next: repeatFor(readMilliseconds, () => get) });
}

function figuresOf(workload: Workload, measured: ReadonlyMap<string, readonly Measured[]>): Figure[] {
  const [ours, ...others] = [...measured];
  const sample = (of: readonly Measured[], key: keyof Measured) =>
    sampleOf(of.map((round) => round[key] ?? Number.NaN));
  const figure = (what: string, unit: string, key: keyof Measured): Figure => ({
    what: `${workload}, ${what}`,
    unit,
    ours: sample(ours?.[1] ?? [], key),
    beside: Object.fromEntries(others.map(([name, of]) => [name, sample(of, key)])),
  });
  return [
    figure('requests', '/s', 'perSecond'),
    figure('p50', 'ms', 'p50'),
    figure('p95', 'ms', 'p95'),
    figure('CPU each', 'ms', 'cpu'),
  ];
}

const portOf = (platform: LocalPlatform): number => Number(new URL(platform.url).port);
