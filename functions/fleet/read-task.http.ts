import { z } from 'zod';
import { TaskView } from '../../shared/domain/tasks/tasks.api.ts';
import { getTask } from '../../shared/domain/tasks/tasks.db.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { TaskId } from '../../shared/kernel/ids.ts';

export const readTask = httpFunction({
  name: 'read-task',
  route: 'GET /v1/tasks/{id}',
  summary: 'One task with its instructions.',
  params: z.object({ id: TaskId }),
  answer: TaskView,
  allow: ({ caller }) => caller.may('task:read'),
  handle: async ({ caller, params }, { db }) => {
    const task = await getTask(db, params.id);
    if (!caller.may('task:read', task)) throw notFound('task', params.id);
    return ok(task);
  },
});
