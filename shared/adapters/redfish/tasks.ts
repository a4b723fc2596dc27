import type { z } from 'zod';
import { parse } from '../../kernel/errors/parse.ts';
import { Task, TaskService } from './contract.ts';
import type { Reply, Service } from './service.ts';

export type Progress =
  | { state: 'running'; percent?: number | undefined }
  /** Begins only when the host restarts. */
  | { state: 'waits-for-restart' }
  | { state: 'finished' }
  | { state: 'failed'; reason: string }
  /** The BMC knows no such task: too early, or cleared away. */
  | { state: 'gone' };

/** DSP2046 Task.TaskState, and what Dell's jobs say for the same. A word in neither list is work under way. */
const finished = new Set(['Completed', 'CompletedWithErrors', 'RebootCompleted']);
const failed = new Set([
  'Exception',
  'Killed',
  'Cancelled',
  'Interrupted',
  'Failed',
  'RebootFailed',
  'CompletedWithErrors',
]);
const waiting = new Set(['Pending', 'Suspended', 'Scheduled']);

export async function readTask(service: Service, path: string): Promise<Progress> {
  const { quirks } = await service.places();
  const task =
    (await service.find(path, Task)) ??
    (quirks.jobs ? await service.find(quirks.jobs + path.split('/').at(-1), Task) : undefined);
  return task ? toProgress(task) : { state: 'gone' };
}

export function toProgress(task: Task): Progress {
  const word = task.Oem?.Dell?.JobState ?? task.JobState ?? task.TaskState ?? '';
  const reason = () =>
    task.Messages?.map((each) => each.Message ?? each.MessageId)
      .filter(Boolean)
      .join(' ') || `its task ended as '${word}'`;
  if (failed.has(word) || (finished.has(word) && task.TaskStatus === 'Critical'))
    return { state: 'failed', reason: reason() };
  if (finished.has(word)) return { state: 'finished' };
  return waiting.has(word) ? { state: 'waits-for-restart' } : { state: 'running', percent: task.PercentComplete };
}

/**
 * Where the task of an accepted action can be read again and again: its own path. Reading the monitor that
 * the Location may name instead removes a finished task on some BMCs.
 */
export function taskOf(reply: Reply): string | undefined {
  const named = Task.safeParse(reply.body).data;
  const own = named?.TaskState || named?.JobState ? named['@odata.id'] : undefined;
  return own ?? reply.location?.replace(/\/Monitor\/?$/, '').replace('/TaskMonitors/', '/Tasks/');
}

/** Tasks begun by a call to this path, newest last. Empty where the BMC keeps none or does not say what began them. */
export async function tasksBegunBy(service: Service, target: string): Promise<Task[]> {
  const { root } = await service.places();
  const tasks = (await service.members((await service.find(root.Tasks, TaskService))?.Tasks, Task)) ?? [];
  return tasks
    .filter((each) => each.Payload?.TargetUri?.toLowerCase() === target.toLowerCase())
    .toSorted((a, b) => startOf(a) - startOf(b));
}

/** When a task began by the BMC's own clock, in milliseconds; 0 where it does not say. */
export const startOf = (task: Task): number => Date.parse(task.StartTime ?? '') || 0;

/** What has to be remembered between two questions, as text without blanks that callers only keep. */
export const ticketOf = (remembered: object): string => Buffer.from(JSON.stringify(remembered)).toString('base64url');
export const readTicket = <S extends z.ZodType>(schema: S, ticket: string): z.infer<S> =>
  parse(schema, JSON.parse(Buffer.from(ticket, 'base64url').toString('utf8')), 'ticket of the management controller');
