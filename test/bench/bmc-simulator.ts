// What thousands of simulated BMCs in one process cost while somebody looks at them.
import { setTimeout as delay } from 'node:timers/promises';
import { createRedfish } from '../../shared/adapters/redfish/client.ts';
import { startFleet } from './edge/fleet-process.ts';
import type { Benchmark } from './kit/benchmark.ts';
import { sampleOf } from './kit/statistics.ts';

const count = 5000;
/** A look at the sensors of each every two minutes is about so many requests. */
const pace = { requestsPerSecond: 150, seconds: 30 };
const places = 100;

export const bmcSimulatorBenchmark: Benchmark = {
  name: 'bmc-simulator',
  about: `${count} simulated BMCs in one process, asked for their sensors ${pace.requestsPerSecond} times a second`,
  run: async (closing, say) => {
    if (process.platform !== 'linux')
      return {
        figures: [],
        notes: ['Skipped: only Linux tells what another process costs, and answers on all of 127.0.0.0/8.'],
      };
    say('plugging them in');
    const { targets, secrets, ask, cost } = await startFleet(closing, count);
    const redfish = createRedfish({ secrets, lingerMilliseconds: 3_600_000 });
    closing.add(() => redfish.close());
    say('each is looked at once');
    const queue = [...targets];
    await Promise.all(
      Array.from({ length: places }, async () => {
        for (let bmc = queue.pop(); bmc; bmc = queue.pop()) await redfish.readSensors(bmc);
      }),
    );
    say(`${pace.requestsPerSecond} requests/s for ${pace.seconds} s`);
    const before = { ...cost(), requests: (await ask()).requests, at: performance.now() };
    const wanted = () => ((performance.now() - before.at) / 1000) * pace.requestsPerSecond;
    for (let [looked, asked] = [0, 0]; performance.now() - before.at < pace.seconds * 1000; looked++) {
      const bmc = targets[looked % targets.length];
      if (bmc) await redfish.readSensors(bmc);
      if (looked % 20 === 0) asked = (await ask()).requests - before.requests;
      if (asked > wanted()) await delay(((asked - wanted()) / pace.requestsPerSecond) * 1000);
    }
    const seconds = (performance.now() - before.at) / 1000;
    const after = { ...cost(), requests: (await ask()).requests };
    const perRequest = (after.cpuMilliseconds - before.cpuMilliseconds) / (after.requests - before.requests);
    return {
      figures: [
        { what: 'CPU of the simulator, per request', unit: 'ms', ours: sampleOf([perRequest]) },
        {
          what: `CPU of the simulator at ${pace.requestsPerSecond} requests/s`,
          unit: '% of a core',
          ours: sampleOf([(perRequest * pace.requestsPerSecond) / 10]),
          target: '< 100 %',
        },
        {
          what: 'requests answered a second',
          unit: '',
          ours: sampleOf([(after.requests - before.requests) / seconds]),
        },
        { what: 'memory of the simulator', unit: 'MB', ours: sampleOf([after.memoryMegabytes]) },
      ],
      notes: ['Every BMC has an address and a session of its own.'],
    };
  },
};
