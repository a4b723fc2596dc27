import type { SimAnswer } from '../kit/simulator.ts';
import { inUse } from './answers.ts';
import { note } from './log.ts';
import type { Machine } from './machine.ts';
import type { Task } from './state.ts';
import { beginTask, endTask, goesOn } from './tasks.ts';
import { takes } from './timing.ts';

const effectKey = (machine: Machine, drive: string, { writes }: { writes: number }) =>
  `${machine.serial}/${drive}@${writes}`;

/** Out of its rack a machine is out of sight: who takes it in again has to erase it again. */
export function outOfSight(machine: Machine): void {
  for (const [drive, state] of Object.entries(machine.record.drives))
    machine.context.takeBack('erase', effectKey(machine, drive, state));
}

/** Drive.SecureErase of one drive. A drive is erased once at a time. */
export function secureErase(machine: Machine, target: string, drive: string, body: unknown): SimAnswer {
  const { record, context } = machine;
  const state = (record.drives[drive] ??= { holdsData: true, writes: 0 });
  if (state.task) return inUse('the drive is being erased');
  const { task, answer } = beginTask(machine, {
    name: `Secure erase: ${drive}`,
    target,
    body: JSON.stringify(body ?? {}),
    work: { kind: 'erase', drive },
  });
  state.task = task.id;
  // Erasing again what nobody has written to since is the same effect twice.
  context.effect('erase', effectKey(machine, drive, state));
  goesOn(machine, task, takes.erase);
  return answer;
}

export function continueErase(machine: Machine, task: Task): void {
  const { record } = machine;
  if (task.work.kind !== 'erase') return;
  const { drive } = task.work;
  const isLie = record.faults.some((fault) => fault.kind === 'erase-lies' && fault.drive === drive);
  const state = record.drives[drive];
  if (state) record.drives[drive] = { writes: state.writes, holdsData: isLie && state.holdsData };
  endTask(machine, task, 'Completed', 'The drive was erased.');
  note(machine, 'OK', `The drive ${drive} was erased.`);
}

/** The validation image erases a drive by itself, and looks whether anything is left. */
export function erased(machine: Machine, drive: string): boolean {
  const { record, context } = machine;
  const state = (record.drives[drive] ??= { holdsData: true, writes: 0 });
  context.effect('erase', effectKey(machine, drive, state));
  const keepsData = record.physicalFaults.some((fault) => fault.kind === 'keeps-data' && fault.drive === drive);
  if (!keepsData) state.holdsData = false;
  note(machine, 'OK', `The drive ${drive} was erased by the host.`);
  return !keepsData;
}
