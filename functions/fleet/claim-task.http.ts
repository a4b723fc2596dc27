import { z } from 'zod';
import { TaskView } from '../../shared/domain/tasks/tasks.api.ts';
import { claimTask as claim, getTask } from '../../shared/domain/tasks/tasks.db.ts';
import { httpFunction, notFound, ok } from '../../shared/http/http-function.ts';
import { TaskId } from '../../shared/kernel/ids.ts';

export const claimTask = httpFunction({
  name: 'claim-task',
  route: 'POST /v1/tasks/{id}/claim',
  summary: 'Take a task.',
  params: z.object({ id: TaskId }),
  answer: TaskView,
  allow: ({ caller }) => caller.may('task:work'),
  handle: async ({ caller, params }, { db, clock }) => {
    if (!caller.may('task:work', await getTask(db, params.id))) throw notFound('task', params.id);
    return ok(await claim(db, clock, params.id, caller.actor));
  },
});
