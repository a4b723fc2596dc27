// How long an agent needs to sample all management controllers of a fleet once, and what that costs, while some are
// slow and some are dead.
import { BmcGate } from '../../../edge/bmc/gate.ts';
import { Poller } from '../../../edge/bmc/poller.ts';
import { Readings } from '../../../edge/bmc/readings.ts';
import { Sampler } from '../../../edge/bmc/sampler.ts';
import { createRedfish } from '../../../shared/adapters/redfish/client.ts';
import type { BmcReading } from '../../../shared/domain/health/bmc-reading.ts';
import { systemScheduler } from '../../../shared/kernel/scheduler.ts';
import type { Benchmark } from '../kit/benchmark.ts';
import type { Closing } from '../kit/closing.ts';
import type { Figure } from '../kit/report.ts';
import { quantile, sampleOf } from '../kit/statistics.ts';
import { startFleet } from './fleet-process.ts';
import type { SessionsSaid } from './fleet.ts';

const sizes = { small: 1000, large: 5000 };
const [shareSlow, shareDead] = [0.05, 0.01];
const slots = 100;

export const sweepBenchmark: Benchmark = {
  name: 'edge-sweep',
  about: `one sample of ${sizes.large} simulated BMCs, ${shareSlow * 100} % of them slow, ${shareDead * 100} % dead`,
  run: async (closing, say) => {
    const problems: string[] = [];
    const small = await sweep(closing, say, sizes.small, shareSlow, shareDead, problems);
    const undisturbed = await sweep(closing, say, sizes.large, 0, 0, problems);
    const large = await sweep(closing, say, sizes.large, shareSlow, shareDead, problems);
    const figure = (what: string, unit: string, ours: number, target?: string): Figure => ({
      what,
      unit,
      ours: sampleOf([ours]),
      ...(target && { target }),
    });
    return {
      problems,
      figures: [
        figure(`${sizes.large} BMCs, first sample (with login, sensors and log)`, 's', large.first.seconds, '< 300 s'),
        figure(`${sizes.large} BMCs, second sample`, 's', large.second.seconds, '< 300 s'),
        figure(`${sizes.large} BMCs, a full sample`, 's', large.full.seconds, '< 300 s'),
        figure('CPU of the agent in the first sample', '% of a core', large.first.cpuPercent),
        figure(
          'CPU of the agent, looking every five minutes',
          '% of a core',
          (large.second.cpuSeconds / 300) * 100,
          '≤ 40 %',
        ),
        figure('most sessions of a BMC at a time', '', large.sessions.most, '≤ 1'),
        figure('sessions left open at the end', '', large.sessions.open, '0'),
        figure('requests per BMC in the second sample', '', large.requests.light),
        figure('requests per BMC in a full sample', '', large.requests.full),
        figure(
          `time(${sizes.large}) / time(${sizes.small}), first sample`,
          '',
          large.first.seconds / small.first.seconds,
          '≤ 5.5',
        ),
        figure(
          `time(${sizes.large}) / time(${sizes.small}), second sample`,
          '',
          large.second.seconds / small.second.seconds,
          '≤ 5.5',
        ),
        {
          what: 'a healthy BMC, p95, among slow and dead ones',
          unit: 'ms',
          ours: sampleOf([large.healthyP95]),
          beside: { 'all healthy': sampleOf([undisturbed.healthyP95]) },
        },
        figure('memory of the agent', 'MB', large.megabytes),
      ],
      notes: [
        `${slots} BMCs are spoken to at once. A slow one needs 2 s for each answer, a dead one takes ` +
          'connections and says nothing; each sample has 30 s.',
        'The fleet is a process of its own on the same machine: where it is the slower of the two, the times are its.',
      ],
    };
  },
};

interface Swept {
  first: Sample;
  second: Sample;
  /** With sensors and log, as after a hint. */
  full: Sample;
  healthyP95: number;
  /** Per controller. */
  requests: { light: number; full: number };
  sessions: SessionsSaid;
  megabytes: number;
}
interface Sample {
  seconds: number;
  cpuSeconds: number;
  cpuPercent: number;
}

async function sweep(
  closing: Closing,
  say: (line: string) => void,
  count: number,
  slow: number,
  dead: number,
  problems: string[],
): Promise<Swept> {
  say(`${count} BMCs, ${slow * 100} % slow, ${dead * 100} % dead: plugging them in`);
  const { targets, kindOf, secrets, ask, stop } = await startFleet(closing, count, { slow, dead });
  const readings = new Map<string, BmcReading>();
  const took: number[] = [];
  const redfish = createRedfish({ secrets, lingerMilliseconds: 600_000 });
  closing.add(() => redfish.close());
  const cursors = new Map<string, string>();
  const sampler = new Sampler({
    bmc: redfish,
    time: systemScheduler,
    cursorOf: async (serverId) => cursors.get(serverId),
  });
  const poller = new Poller({
    targets: () => targets,
    gate: new BmcGate({ slots: { command: 1, poll: slots } }),
    isActive: () => true,
    time: systemScheduler,
    leave: () => {},
    sampler: {
      sample: async (target, how) => {
        const began = performance.now();
        const seen = await sampler.sample(target, how);
        if (kindOf.get(target.serverId) === 'well') took.push(performance.now() - began);
        return seen;
      },
    },
    readings: new Readings({
      time: systemScheduler,
      keepCursor: (serverId, cursor) => void cursors.set(serverId, cursor),
      report: async (all) => {
        for (const each of all) readings.set(each.serverId, each);
      },
    }),
  });
  const sample = async (): Promise<Sample> => {
    const [began, cpu] = [performance.now(), process.cpuUsage()];
    await poller.sweep();
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const cpuSeconds = (user + system) / 1e6;
    return { seconds, cpuSeconds, cpuPercent: (cpuSeconds / seconds) * 100 };
  };
  const first = await sample();
  say(`${count} BMCs: first sample ${first.seconds.toFixed(1)} s, ${first.cpuPercent.toFixed(0)} % of a core`);
  const { requests } = await ask();
  took.splice(0);
  const second = await sample();
  say(`${count} BMCs: second sample ${second.seconds.toFixed(1)} s, ${second.cpuPercent.toFixed(0)} % of a core`);
  const megabytes = process.memoryUsage.rss() / 1e6;
  const healthyP95 = quantile(took, 0.95);
  const after = await ask();
  for (const { serverId } of targets) poller.hint(serverId);
  const full = await sample();
  say(`${count} BMCs: a full sample ${full.seconds.toFixed(1)} s, ${full.cpuPercent.toFixed(0)} % of a core`);
  const atLast = await ask();
  await redfish.close();
  const sessions = await ask();
  for (const [serial, kind] of kindOf) {
    const reading = readings.get(serial);
    const isUnreachable = reading === undefined || 'unreachable' in reading;
    if (isUnreachable !== (kind === 'dead') && kind !== 'slow')
      problems.push(`${serial} is ${kind}, and was found ${JSON.stringify(reading)}`);
  }
  stop();
  const perController = (made: number) => made / (count * (1 - dead));
  return {
    first,
    second,
    full,
    healthyP95,
    requests: {
      light: perController(after.requests - requests),
      full: perController(atLast.requests - after.requests),
    },
    sessions,
    megabytes,
  };
}
