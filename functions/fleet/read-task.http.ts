import { tasksApi } from '../../shared/domain/tasks/tasks.api.ts';
import { getTask } from '../../shared/domain/tasks/tasks.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { notFound, ok } from '../../shared/http/reply.ts';

export const readTask = httpFunction(tasksApi.read, async ({ caller, params }, { db }) => {
  const task = await getTask(db, params.id);
  if (!caller.may('task:read', task)) throw notFound('task', params.id);
  return ok(task);
});
