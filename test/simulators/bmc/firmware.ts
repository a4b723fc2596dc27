import { z } from 'zod';
import { plainVersion, type Quirks } from '../../../shared/adapters/redfish/quirks.ts';
import type { UpdatableComponent } from '../../../shared/ports/bmc.ts';
import type { SimAnswer } from '../kit/simulator.ts';
import { inUse, problem } from './answers.ts';
import { restartBmc } from './controller.ts';
import { note } from './log.ts';
import type { Machine } from './machine.ts';
import { hasFault, type Task } from './state.ts';
import { beginTask, endTask, goesOn } from './tasks.ts';
import { takes } from './timing.ts';

const Request = z.object({ ImageURI: z.url() });

/**
 * Lab images are named after what is in them: `…/bios-2.3.5.bin`, `…/bmc_7.10.30.00.exe`, `…/bios-U54 v2.62
 * (08/14/2026).fwpkg`.
 */
const imageName = /\/(bios|bmc|nic|storage)[-_]v?(.+?)(?:\.(?:bin|exe|d9|fwpkg|img|rom))?$/i;

function imageAt(url: string, quirks: Quirks): { component: UpdatableComponent; version: string } | undefined {
  const [, component, version] = imageName.exec(decodeURIComponent(url)) ?? [];
  return component && version
    ? { component: component.toLowerCase() as UpdatableComponent, version: plainVersion(version, quirks) }
    : undefined;
}

/** UpdateService.SimpleUpdate: stages what the host must restart for, flashes the BMC itself at once. */
export function simpleUpdate(machine: Machine, target: string, body: unknown): SimAnswer {
  const request = Request.safeParse(body);
  if (!request.success) return problem(400, 'ActionParameterMissing', 'The action requires the parameter ImageURI.');
  const { record } = machine;
  if (record.tasks.some((each) => each.work.kind === 'update' && ['Running', 'Pending'].includes(each.state)))
    return inUse('another update is under way');
  const image = imageAt(request.data.ImageURI, machine.quirks);
  if (!image)
    return problem(400, 'ActionParameterValueFormatError', `There is no firmware image at '${request.data.ImageURI}'.`);
  const { task, answer } = beginTask(machine, {
    name: `Firmware update: ${image.component}`,
    target,
    body: JSON.stringify(body),
    work: { kind: 'update', ...image },
  });
  goesOn(machine, task, image.component === 'bmc' ? takes.bmcFlash : takes.firmwareStaging);
  return answer;
}

/** The image is there and checked: flashed now, or put by for the host's next start. */
export async function continueUpdate(machine: Machine, task: Task): Promise<void> {
  const { record } = machine;
  if (task.work.kind !== 'update') return;
  const { component, version } = task.work;
  if (hasFault(record, 'update-fails')) return endTask(machine, task, 'Exception', 'The image could not be verified.');
  if (component !== 'bmc') {
    Object.assign(task, { state: 'Pending', percent: 50, message: 'Waiting for the host to restart.' });
    record.firmware[component].staged = version;
    return;
  }
  flash(machine, component, version);
  endTask(machine, task, 'Completed', 'The update is installed.');
  await restartBmc(machine);
}

export const hasStaged = ({ record }: Machine): boolean =>
  Object.values(record.firmware).some((each) => each.staged !== undefined);

/** At the end of POST. */
export function applyStaged(machine: Machine): void {
  const { record } = machine;
  for (const task of record.tasks.filter((each) => each.state === 'Pending')) {
    if (task.work.kind !== 'update') continue;
    flash(machine, task.work.component, task.work.version);
    endTask(machine, task, 'Completed', 'The update is installed.');
  }
}

/** Flashing the version that already runs is the same effect again; going back to an old one is another. */
function flash(machine: Machine, component: UpdatableComponent, version: string): void {
  const { record, context, serial } = machine;
  const now = record.firmware[component];
  const isRepeat = now.version === version;
  context.effect('firmware', `${serial}/${component}=${version}#${isRepeat ? now.changes - 1 : now.changes}`);
  if (isRepeat || hasFault(record, 'firmware-unchanged')) {
    delete now.staged;
    return;
  }
  record.firmware[component] = { version, previous: now.version, changes: now.changes + 1 };
  note(machine, 'OK', `The ${component} firmware was updated from ${now.version} to ${version}.`);
}

/** iLO's one word for the update service, and what became of the last update. */
export function hpeUpdateState({ record }: Machine): {
  State: string;
  FlashProgressPercent?: number;
  Result?: { MessageId: string };
} {
  const last = record.tasks.findLast((each) => each.work.kind === 'update');
  if (!last) return { State: 'Idle' };
  if (last.state === 'Exception') return { State: 'Error', Result: { MessageId: 'iLO.2.28.UpdateFailed' } };
  return last.state === 'Running'
    ? { State: 'Updating', FlashProgressPercent: last.percent }
    : { State: 'Complete', Result: { MessageId: 'iLO.2.28.UpdateComplete' } };
}
