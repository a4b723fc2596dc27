// What our hook costs a Kea: perfdhcp's leases per second without it, with a script that does nothing (what Kea itself
// spends on starting one), and with ours, in turn, in one run. Needs root and the packages kea-dhcp4-server and
// kea-admin.
//   node test/bench/edge/kea-hook.ts [rounds = 3] [seconds = 10]
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { watchSpool } from '../../../edge/dhcp/spool.ts';
import { keaConfiguration, keaEnvironment } from '../../kit/netns-dhcp.ts';
import { createNetns, createSwitch, plugIn } from '../../kit/netns.ts';

const hooks = ['none', 'empty', 'ours'] as const;
type Hook = (typeof hooks)[number];
interface Measured {
  acknowledged: number;
  /** By the agent. Kea gave the ones beyond those acknowledged too, only too late for perfdhcp to count them. */
  taken: number;
}

const rounds = Number(process.argv[2] ?? 3);
const duration = Number(process.argv[3] ?? 10);
/** More than Kea manages, so that it is always busy. */
const askedPerSecond = 8000;

async function measure(hook: Hook): Promise<Measured> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rackline-perfdhcp-'));
  const spoolFolder = path.join(folder, 'spool');
  await mkdir(spoolFolder);
  const [lan, server, client] = [await createSwitch(), await createNetns(), await createNetns()];
  let taken = 0;
  const spool = await watchSpool({
    directory: spoolFolder,
    onLease: () => {
      taken += 1;
      return Promise.resolve();
    },
    onFault: (reason) => console.error(reason),
  });
  try {
    await plugIn(lan, server, { address: '10.64.0.1/10' });
    await plugIn(lan, client, { address: '10.64.0.2/10' });
    const configuration = await keaConfiguration(folder, (dhcp4) => {
      dhcp4.subnet4 = [{ subnet: '10.64.0.0/10', pools: [{ pool: '10.65.0.0 - 10.120.255.255' }] }];
      if (hook === 'none')
        dhcp4['hooks-libraries'] = dhcp4['hooks-libraries'].filter(({ parameters }) => parameters === undefined);
      if (hook === 'empty')
        for (const { parameters } of dhcp4['hooks-libraries']) if (parameters) parameters.name = '/bin/true';
    });
    await server.start('kea-dhcp4', ['-c', configuration], { env: keaEnvironment(folder), ready: /DHCP4_STARTED/ });
    // perfdhcp ends with 3 where answers were lost, which is what overload means.
    const report = await client.run(
      'sh',
      '-c',
      `perfdhcp -4 -r ${askedPerSecond} -R 1000000 -p ${duration} -l eth0 10.64.0.1 2>&1 || true`,
    );
    const acknowledged = Number(
      /\*\*\*Statistics for: REQUEST-ACK\*\*\*[^]*?received packets: (\d+)/.exec(report)?.[1],
    );
    if (!Number.isFinite(acknowledged)) throw new Error(`perfdhcp said something else:\n${report}`);
    // Scripts that Kea started last may still be writing.
    for (let [quiet, before] = [0, -1]; quiet < 10; quiet += taken === before ? 1 : -quiet) {
      before = taken;
      await delay(100);
    }
    return { acknowledged, taken };
  } finally {
    await spool.stop();
    for (const machine of [client, server, lan]) await machine.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

const results: Record<Hook, Measured>[] = [];
for (let round = 1; round <= rounds; round++) {
  results.push({ none: await measure('none'), empty: await measure('empty'), ours: await measure('ours') });
  console.log(`round ${round}: ${JSON.stringify(results.at(-1))}`);
}
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const perSecond = Object.fromEntries(
  hooks.map((hook) => [hook, Math.round(median(results.map((each) => each[hook].acknowledged)) / duration)]),
);
const lost = results.reduce((sum, { ours }) => sum + Math.max(0, ours.acknowledged - ours.taken), 0);
console.log(
  JSON.stringify(
    {
      rounds,
      secondsEach: duration,
      leasesPerSecond: perSecond,
      ratioToNone: ratio('none'),
      ratioToEmpty: ratio('empty'),
      leasesThatTheAgentNeverSaw: lost,
    },
    null,
    2,
  ),
);
process.exitCode = lost > 0 ? 1 : 0;

function ratio(to: Hook): number {
  return Number(((perSecond['ours'] ?? Number.NaN) / (perSecond[to] ?? Number.NaN)).toFixed(2));
}
