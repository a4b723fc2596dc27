// What a host boots and what it does then: its own system, or from the network whatever the agent of its datacenter
// says.
import { next } from './host-steps.ts';
import { askForJob, durationOf, perform, postInventory, postProgress, progressBody, reportUrlIn } from './image.ts';
import { chainTo, runIpxe, type FetchText } from './ipxe.ts';
import { note } from './log.ts';
import type { Machine } from './machine.ts';
import { bootMac, rawInventory } from './report.ts';
import { takes } from './timing.ts';

export function bootFromDrive(machine: Machine): void {
  const { record } = machine;
  const hasSystem = record.hardware.drives.some((drive) => record.drives[drive.serial]?.holdsData);
  record.host.stage = hasSystem ? 'os' : 'no-boot-device';
  note(machine, 'OK', hasSystem ? 'The operating system is starting.' : 'No bootable device.');
}

/** Its firmware asks for an address, and is sent to the boot server of its datacenter. */
export function beginNetworkBoot(machine: Machine): void {
  const { record, deps } = machine;
  record.host.stage = 'network-boot';
  note(machine, 'OK', 'Booting from the network.');
  const script = deps.bootScript?.(record.hardware.datacenter);
  if (script !== undefined) record.host.ipxe = chainTo(script);
  next(machine, script === undefined ? 'image-up' : 'ipxe', takes.networkBoot);
}

/** Hardware waits as long as it likes; a lab whose time runs fast must not ask its agent a hundred times a second. */
const leastWaitMilliseconds = { ipxe: 100, job: 1000 };

/** Goes on in the script that the datacenter's agent gave, until it waits or something is started. */
export async function goOnInScript(machine: Machine): Promise<void> {
  const { ipxe } = machine.record.host;
  if (!ipxe) return;
  const { serial, uuid, manufacturer, model } = machine.record.hardware;
  const outcome = await asLongAs(
    machine,
    runIpxe(
      ipxe,
      {
        'netX/mac:hexhyp': bootMac(machine)?.replaceAll(':', '-') ?? '',
        platform: 'efi',
        buildarch: 'x86_64',
        'serial:uristring': encodeURIComponent(serial),
        uuid,
        'manufacturer:uristring': encodeURIComponent(manufacturer),
        'product:uristring': encodeURIComponent(model),
      },
      fetchText,
    ),
  );
  if (outcome?.kind === 'sleeps') next(machine, 'ipxe', outcome.seconds, leastWaitMilliseconds.ipxe);
  if (outcome?.kind === 'exits') bootFromDrive(machine);
  if (outcome?.kind !== 'boots') return;
  const reportUrl = reportUrlIn(outcome.arguments);
  machine.record.host.ipxe = undefined;
  machine.record.host.stage = 'validation';
  if (reportUrl === undefined) return note(machine, 'Warning', 'The kernel was not told where to report.');
  machine.record.host.image = { reportUrl, done: {} };
  await report(machine);
}

export async function report(machine: Machine): Promise<void> {
  const { record, deps, serial } = machine;
  record.host.stage = 'validation';
  const { image } = record.host;
  if (image) {
    const isTaken = await asLongAs(machine, postInventory(machine, image));
    if (isTaken !== undefined) next(machine, isTaken ? 'ask-for-job' : 'report', takes.reportRetry);
    return;
  }
  try {
    await deps.onValidationBoot?.({ datacenter: record.hardware.datacenter, serial, raw: rawInventory(machine) });
  } catch {
    next(machine, 'report', takes.reportRetry);
  }
}

export async function askWhatToDo(machine: Machine): Promise<void> {
  const { image } = machine.record.host;
  if (!image) return;
  const job = await asLongAs(machine, askForJob(machine, image));
  if (machine.record.host.image !== image) return;
  if (job === undefined) return next(machine, 'ask-for-job', takes.jobQuestion, leastWaitMilliseconds.job);
  image.job = job;
  if (image.done[job.id] !== undefined) return endJob(machine);
  await asLongAs(machine, postProgress(machine, image, job.id, progressBody('running', 0)));
  if (machine.record.host.image === image) next(machine, 'half-done', durationOf(job) / 2);
}

export async function halfDone(machine: Machine): Promise<void> {
  const { image } = machine.record.host;
  if (!image?.job) return;
  await asLongAs(machine, postProgress(machine, image, image.job.id, progressBody('running', 50)));
  if (machine.record.host.image === image) next(machine, 'done', durationOf(image.job) / 2);
}

/** Its last word is repeated until it is taken. */
export async function endJob(machine: Machine): Promise<void> {
  const { image } = machine.record.host;
  if (!image?.job) return;
  const { id } = image.job;
  image.done[id] ??= perform(machine, image.job);
  const isTaken = await asLongAs(machine, postProgress(machine, image, id, image.done[id]));
  if (isTaken !== undefined) next(machine, isTaken ? 'ask-for-job' : 'done', takes.reportRetry);
}

/** What came of it, or undefined where the machine's power was touched meanwhile: then it is nobody's any more. */
async function asLongAs<T>({ record }: Machine, work: Promise<T>): Promise<T | undefined> {
  const { epoch } = record.host;
  const result = await work;
  return record.host.epoch === epoch ? result : undefined;
}

const fetchText: FetchText = async (url) => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
    return answer.ok ? await answer.text() : undefined;
  } catch {
    return undefined;
  }
};
