// How much the functions host costs over bare node:http: with streaming off, on, and as Azure forwards it.
import path from 'node:path';
import { nodeFlags } from '../../../infra/local/child.ts';
import type { Benchmark } from '../kit/benchmark.ts';
import { Contender } from '../kit/contender.ts';
import { closedLoop, repeatFor, requestText } from '../kit/load.ts';
import type { Figure } from '../kit/report.ts';
import { quantile, sampleOf, type Sample } from '../kit/statistics.ts';
import { modes } from './modes.ts';

const rounds = 5;
const connections = 32;
const roundMilliseconds = 2_000;
const get = requestText('GET', '/api/v1/servers/srv_1');

interface Round {
  perSecond: number;
  p50: number;
  p99: number;
  cpu: number | undefined;
}

export const httpHostBenchmark: Benchmark = {
  name: 'http-host',
  about: 'one small request without a database: what the functions host adds to bare node:http',
  run: async (closing, say) => {
    const servers: Contender[] = [];
    for (const mode of modes)
      servers.push(
        closing.keep(
          await Contender.launch({
            name: mode,
            script: path.join(import.meta.dirname, 'serve.ts'),
            args: [mode],
            execArgv: nodeFlags,
          }),
        ),
      );
    const measured = new Map(modes.map((mode) => [mode as string, [] as Round[]]));
    for (let round = 0; round <= rounds; round += 1) {
      say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
      for (const server of servers) {
        const result = await measure(server);
        if (round > 0) measured.get(server.name)?.push(result);
      }
    }
    const [ours = '', ...others] = modes;
    const sample = (mode: string, key: keyof Round): Sample =>
      sampleOf((measured.get(mode) ?? []).map((each) => each[key] ?? Number.NaN));
    const figure = (what: string, unit: string, key: keyof Round): Figure => ({
      what,
      unit,
      ours: sample(ours, key),
      beside: Object.fromEntries(others.map((mode) => [mode, sample(mode, key)])),
    });
    return {
      figures: [
        figure('requests', '/s', 'perSecond'),
        figure('p50', 'ms', 'p50'),
        figure('p99', 'ms', 'p99'),
        figure('CPU each', 'µs', 'cpu'),
      ],
      notes: [
        `${connections} connections, each asking again as soon as it is answered; the client shares the machine.`,
      ],
    };
  },
};

async function measure(server: Contender): Promise<Round> {
  const before = server.cost();
  const { latencies, milliseconds } = await closedLoop({
    port: server.ready.port ?? 0,
    connections,
    status: 200,
    next: repeatFor(roundMilliseconds, () => get),
  });
  const after = server.cost();
  return {
    perSecond: (latencies.length / milliseconds) * 1_000,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    cpu: before && after && ((after.cpuMilliseconds - before.cpuMilliseconds) / latencies.length) * 1_000,
  };
}
