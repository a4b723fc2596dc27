import { cancelTask, findTaskByKey, openTask, type NewTask, type Task } from '../domain/tasks/tasks.db.ts';
import type { Deps } from './deps.ts';
import { pending, type StepContext, type StepPending } from './step.ts';

const recheckSeconds = 3600; // the truth check; completing a task wakes the saga at once

export type PersonAnswer = { outcome: 'done'; task: Task } | StepPending;

/**
 * Asks a person to do something and answers when it has been done. Each call of a step asks once, however often
 * the step is repeated; `about` tells several tasks of one call apart. `oncePerSaga`: all calls of a saga ask once.
 */
export async function askPerson(
  deps: Deps,
  context: StepContext,
  work: Omit<NewTask, 'id' | 'dedupeKey' | 'sagaId' | 'dueAt'> & {
    withinMilliseconds: number;
    about?: string;
    oncePerSaga?: boolean;
  },
): Promise<PersonAnswer> {
  const { withinMilliseconds, about, oncePerSaga = false, ...task } = work;
  const asked = await openTask(deps.db, deps.clock, {
    ...task,
    id: context.newId('task', about ?? '') as Task['id'],
    dedupeKey: oncePerSaga ? `${context.sagaId}/${about ?? ''}` : keyOf(context, about),
    // A child's step may be taken back by its parent: the task tells the saga that is waiting now.
    sagaId: context.waitingSagaId,
    dueAt: context.at + withinMilliseconds,
  });
  if (asked.state === 'done') return { outcome: 'done', task: asked };
  return pending({
    ticket: asked.id,
    pollAfterSeconds: recheckSeconds,
    pace: 'woken',
    waitingFor: `a technician in ${task.datacenterId}`,
  });
}

/** Calls off what was asked for. Answers whether it had been done before: then it has to be taken back by hand. */
export async function callOff(deps: Deps, context: StepContext, about?: string): Promise<{ wasDone: boolean }> {
  await cancelTask(deps.db, deps.clock, keyOf(context, about));
  return { wasDone: (await findTaskByKey(deps.db, keyOf(context, about)))?.state === 'done' };
}

const keyOf = (context: StepContext, about?: string) =>
  about === undefined ? context.idempotencyKey : `${context.idempotencyKey}/${about}`;
