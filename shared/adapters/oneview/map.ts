import type { z } from 'zod';
import { comparableVersion, componentOf } from '../../facts/firmware-words.ts';
import type { FirmwareStanding } from '../../ports/vendor-tool.ts';
import type { FirmwareBundle, FirmwareCompliance, ServerHardware, ServerProfile, Task } from './contract.ts';

/** Addresses inside an answer begin at the appliance's root; calls are made relative to where it is mounted. */
export const pathOf = (uri: string): string => uri.slice(Math.max(0, uri.indexOf('/rest/'))).replace(/^\//, '');

/** A task's state word added later is waited for. Warning is OneView's "done, with remarks". */
export function taskEnd(
  task: Task,
): { end: 'running'; progress: string } | { end: 'done' } | { end: 'failed'; reason: string } {
  if (task.taskState === 'Completed' || task.taskState === 'Warning') return { end: 'done' };
  if (!['Error', 'Terminated', 'Killed'].includes(task.taskState))
    return { end: 'running', progress: `${task.taskState}${task.percentComplete ? ` ${task.percentComplete} %` : ''}` };
  const reasons = (task.taskErrors ?? []).flatMap(({ message, errorCode }) => message ?? errorCode ?? []);
  return { end: 'failed', reason: reasons.join(' ') || `the task ended as ${task.taskState}` };
}

/** The appliance adds each server once, and refuses a second request while the first is at it. */
export const isUnderWay = (reason: string): boolean => /being added|add.* in progress/i.test(reason);

/** In the appliance's hands, rather than on the way in or out. */
export const isManaged = ({ state }: ServerHardware): boolean =>
  !['Adding', 'Removing', 'Removed', 'RemoveFailed', 'Unmanaged', 'Unsupported', 'Unknown'].includes(state);

export function profileStanding(profile: ServerProfile): 'in force' | 'in progress' | 'not in force' {
  if (profile.state !== 'Normal')
    return ['Creating', 'Applying', 'Updating', 'Pending', 'Deleting'].includes(profile.state ?? '')
      ? 'in progress'
      : 'not in force';
  return profile.templateCompliance === 'NonCompliant'
    ? 'not in force'
    : profile.templateCompliance === 'Compliant'
      ? 'in force'
      : 'in progress';
}

export const profileNameOf = (serial: string): string => `rackline-${serial}`;

/** The newest bundle's short id. */
export const newestBundle = (bundles: readonly z.infer<typeof FirmwareBundle>[]): string | undefined =>
  bundles
    .toSorted((a, b) => (b.releaseDate ?? '').localeCompare(a.releaseDate ?? ''))[0]
    ?.uri.split('/')
    .at(-1);

export const toCompliance = ({ componentMappingList }: z.infer<typeof FirmwareCompliance>): FirmwareStanding[] =>
  componentMappingList.map((component) => ({
    component: componentOf(component.componentName),
    name: component.componentName,
    installed: comparableVersion(component.installedVersion),
    baseline: comparableVersion(component.baselineVersion),
    isCompliant: !component.componentFirmwareUpdateRequired,
  }));
