// `npm run fuzz [name …] [inputs] [seed]`: feeds mutated inputs to everything that reads what comes from machines, a
// million each unless said otherwise, and prints the figures. Ends with 1 where one crashed a reader or took over a
// second.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { z } from 'zod';

const harnesses: Readonly<Record<string, string>> = {
  dhcp: 'DHCP messages',
  lldp: 'outputs of lldpcli, dmidecode, lshw, lsblk, smartctl, nvme, hdparm, ethtool, and whole reports',
  redfish: 'Redfish resources, whole BMCs, event streams, and answers that are no proper HTTP',
};
const Figures = z.object({
  inputs: z.number(),
  seconds: z.number(),
  perSecond: z.number(),
  accepted: z.number().optional(),
  refused: z.number().optional(),
  crashes: z.number(),
  hangsOverOneSecond: z.number(),
  slowestMilliseconds: z.number().optional(),
  peakHeapBytes: z.number().optional(),
  residentBytes: z.number(),
});

const given = process.argv.slice(2);
const names = given.filter((each) => !/^\d+$/.test(each));
const numbers = given.filter((each) => /^\d+$/.test(each));
const unknown = names.filter((name) => !(name in harnesses));
if (unknown.length > 0) {
  console.error(
    `There is no fuzzing of ${unknown.join(', ')}. There is:\n${Object.entries(harnesses)
      .map(([name, about]) => `  ${name.padEnd(8)} ${about}`)
      .join('\n')}`,
  );
  process.exit(1);
}

const rows = [
  [
    '',
    'inputs',
    'seconds',
    'accepted',
    'refused',
    'crashes',
    'hangs > 1 s',
    'slowest ms',
    'peak heap MB',
    'resident MB',
  ],
];
const megabytes = (bytes: number | undefined) => (bytes === undefined ? '-' : (bytes / 1e6).toFixed());
for (const name of names.length > 0 ? names : Object.keys(harnesses)) {
  console.log(`${name}: ${harnesses[name]}`);
  const child = spawn(process.execPath, [path.join(import.meta.dirname, `${name}.ts`), ...numbers], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const end = text.indexOf('\n}') + 2;
  const figures = Figures.safeParse(JSON.parse(text.slice(0, end) || 'null')).data;
  if (text.slice(end).trim() !== '') console.log(text.slice(end).trim());
  if (code !== 0 || !figures) process.exitCode = 1;
  if (figures)
    rows.push(
      [
        name,
        figures.inputs,
        figures.seconds,
        figures.accepted ?? '-',
        figures.refused ?? '-',
        figures.crashes,
        figures.hangsOverOneSecond,
        figures.slowestMilliseconds?.toFixed(1) ?? '-',
        megabytes(figures.peakHeapBytes),
        megabytes(figures.residentBytes),
      ].map(String),
    );
}
const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
const aligned = (cell: string, column: number) =>
  column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
console.log(`\n${rows.map((row) => row.map(aligned).join('  ')).join('\n')}`);
