import { tasksApi } from '../../shared/domain/tasks/tasks.api.ts';
import { claimTask as claim, getTask } from '../../shared/domain/tasks/tasks.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { notFound, ok } from '../../shared/http/reply.ts';

export const claimTask = httpFunction(tasksApi.claim, async ({ caller, params }, { db, clock }) => {
  if (!caller.may('task:work', await getTask(db, params.id))) throw notFound('task', params.id);
  return ok(await claim(db, clock, params.id, caller.actor));
});
