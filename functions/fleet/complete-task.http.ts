import { itemsOf } from '../../shared/domain/receiving/shipments.db.ts';
import type { LineAnswer } from '../../shared/domain/tasks/task-lines.ts';
import { tasksApi } from '../../shared/domain/tasks/tasks.api.ts';
import { completeTask as complete, findTask, type Task } from '../../shared/domain/tasks/tasks.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import type { Queryable } from '../../shared/kernel/database/database.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import { ShipmentId } from '../../shared/kernel/ids.ts';

export const completeTask = httpFunction(tasksApi.complete, {
  find: findTask,
  handle: async ({ subject: task, caller, body }, { db, clock }) => {
    if (task.claimedById !== null && task.claimedById !== caller.id && caller.scope('task:work') === 'own')
      throw new AppError({ code: 'task.taken', kind: 'conflict', publicMessage: `${task.claimedBy} is at it.` });
    await refuseUnfinished(db, task);
    refuseStrangeLines(task, body.answers ?? []);
    return ok(await complete(db, clock, task.id, caller.actor, body));
  },
});

/** An answer to a line that the task does not have is about another task. */
function refuseStrangeLines({ lines }: Task, answers: readonly LineAnswer[]): void {
  const strange = answers.filter(({ line }) => !lines.some(({ id }) => id === line)).map(({ line }) => line);
  if (strange.length > 0)
    throw new AppError({
      code: 'task.unknown-line',
      kind: 'contradictory',
      publicMessage: `The task has no lines ${strange.join(', ')}. Read it again.`,
    });
}

/** Goods are received when each machine has been looked at. */
async function refuseUnfinished(db: Queryable, task: Task): Promise<void> {
  if (task.kind !== 'receive' || task.shipmentId === null) return;
  const unseen = (await itemsOf(db, ShipmentId.parse(task.shipmentId)))
    .filter(({ state }) => state === 'expected')
    .map(({ serial }) => serial);
  if (unseen.length > 0)
    throw new AppError({
      code: 'task.not-finished',
      kind: 'conflict',
      publicMessage: `Not scanned yet: ${unseen.join(', ')}. Scan them, or record them as damaged.`,
    });
}
