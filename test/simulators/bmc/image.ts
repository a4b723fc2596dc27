import { erased } from './erase.ts';
import type { ServerHardware } from './hardware.ts';
import type { Machine } from './machine.ts';
import { bootMac, rawInventory, seenFromInside } from './report.ts';
import { takes } from './timing.ts';
// The validation image on a simulated machine: what it reports is what its tools say, and jobs take simulated time.
import { kernelName } from './tool-outputs.ts';

export interface ImageJob {
  id: string;
  kind: string;
  seconds: number;
  count: number;
  drives: string[];
}

export interface RunningImage {
  /** As its kernel's command line says. */
  reportUrl: string;
  job?: ImageJob | undefined;
  /** The end that it posted for each job that it has done: it does none twice. */
  done: Record<string, string>;
}

const patienceMilliseconds = 5000;

/** Where this boot reports, by the kernel's command line; undefined where it says nothing. */
export const reportUrlIn = (kernelArguments: string): string | undefined =>
  /(?:^| )rackline\.report=(\S+)/.exec(kernelArguments)?.[1];

/** Whether the report was taken. */
export const postInventory = (machine: Machine, { reportUrl }: RunningImage): Promise<boolean> =>
  post(reportUrl, rawInventory(machine));

/** Asks for a job. Undefined where there is none, or nobody answers. */
export async function askForJob(machine: Machine, image: RunningImage): Promise<ImageJob | undefined> {
  try {
    const answer = await fetch(beside(machine, image, 'job'), { signal: AbortSignal.timeout(patienceMilliseconds) });
    return jobIn(answer.ok ? await answer.text() : '');
  } catch {
    return undefined;
  }
}

/** A job as the agent writes it; undefined where there is none. */
export function jobIn(text: string): ImageJob | undefined {
  const all = (key: string) => [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);
  const [id] = all('id');
  return id === undefined
    ? undefined
    : {
        id,
        kind: all('kind')[0] ?? '',
        seconds: Number(all('seconds')[0] ?? 0),
        count: Number(all('count')[0] ?? 0),
        drives: all('drive'),
      };
}

export const postProgress = (machine: Machine, image: RunningImage, id: string, body: string): Promise<boolean> =>
  post(beside(machine, image, `job/${id}`), JSON.parse(body));

/** Hardware seconds. */
export const durationOf = ({ kind, seconds }: ImageJob): number =>
  kind === 'burn-in' ? seconds : kind === 'erase' ? takes.erase : takes.linkTest;

/** Does it, and answers what the image posts at the end. */
export function perform(machine: Machine, job: ImageJob): string {
  const server = seenFromInside(machine);
  const results =
    job.kind === 'burn-in'
      ? burnIn(machine, server)
      : job.kind === 'link-test'
        ? linkTest(machine, server, job)
        : job.kind === 'erase'
          ? erase(machine, server, job)
          : [[job.kind, 'failed', 'this image knows no such job']];
  return progressBody(results.some(([, outcome]) => outcome === 'failed') ? 'failed' : 'done', 100, results);
}

export const progressBody = (
  state: 'running' | 'done' | 'failed',
  percent: number,
  results: readonly (readonly string[])[] = [],
): string =>
  JSON.stringify({
    state,
    percent,
    results: Buffer.from(results.map((each) => `${each.join('\t')}\n`).join('')).toString('base64'),
  });

type Result = [subject: string, outcome: 'passed' | 'erased' | 'failed', evidence: string];

function burnIn({ record }: Machine, { processors, memory, drives }: ServerHardware): Result[] {
  const weak = record.physicalFaults.filter(
    (fault) => fault.kind === 'weak-dimm' && memory.some(({ slot }) => slot === fault.slot),
  );
  const threads = processors.reduce((sum, cpu) => sum + cpu.threads, 0);
  return [
    ...Array.from({ length: threads }, (_, cpu): Result => [`cpu${cpu}`, 'passed', '1000 hashes of 16 MiB']),
    weak.length > 0
      ? ['memory', 'failed', 'FAILURE: 0xffffffffffffffff != 0xffffffffffefffff at offset 0x00000000017e3b40.']
      : ['memory', 'passed', `no pattern failed in ${memory.reduce((sum, { sizeMiB }) => sum + sizeMiB, 0)} MiB`],
    ...drives.map((disk, index): Result => [kernelName(disk, index), 'passed', `${disk.sizeBytes} bytes copied`]),
    weak.length > 0
      ? ['ecc', 'failed', `${weak.length * 17} memory errors were corrected or not`]
      : ['ecc', 'passed', 'no memory errors counted'],
  ];
}

function linkTest(machine: Machine, { networkPorts, cables }: ServerHardware, { count }: ImageJob): Result[] {
  return networkPorts.map(({ name, mac, speedMbps }): Result => {
    if (!cables.some(({ localPort }) => localPort === name)) return [name, 'failed', 'no link'];
    const isLossy = machine.record.physicalFaults.some((fault) => fault.kind === 'lossy-link' && fault.port === name);
    const sent = mac === bootMac(machine) ? count : 0; // only the port it booted from has an address
    const lost = isLossy ? Math.ceil(sent / 10) : 0;
    const errors = isLossy ? 12 : 0;
    return [
      name,
      isLossy ? 'failed' : 'passed',
      `${speedMbps} Mb/s, ${lost} of ${sent} packets lost, ${errors} errors counted`,
    ];
  });
}

function erase(machine: Machine, { drives }: ServerHardware, job: ImageJob): Result[] {
  return job.drives.map((serial): Result => {
    const [disk, ...others] = drives.filter((each) => each.serial === serial);
    if (!disk || others.length > 0) return [serial, 'failed', 'not exactly one drive has this serial number'];
    const method =
      disk.media === 'nvme'
        ? 'nvme-sanitize-block'
        : disk.media === 'ssd'
          ? 'ata-secure-erase-enhanced'
          : 'ata-secure-erase';
    return erased(machine, serial)
      ? [serial, 'erased', `${method}, all marks gone`]
      : [serial, 'failed', `${method} ran, but a mark is still there at block 0`];
  });
}

/** As the image does: the same place, and the same query where there is one. */
function beside(machine: Machine, { reportUrl }: RunningImage, path: string): string {
  const url = new URL(path, reportUrl);
  url.search = new URL(reportUrl).search;
  url.searchParams.set('mac', bootMac(machine) ?? '');
  return url.href;
}

async function post(url: string, body: unknown): Promise<boolean> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(patienceMilliseconds),
    });
    if (answer.status === 400)
      console.error(
        `lab: the agent does not understand what is posted to ${new URL(url).pathname}: ${await answer.text()}`,
      );
    return answer.ok;
  } catch {
    return false;
  }
}
