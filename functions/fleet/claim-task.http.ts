import { tasksApi } from '../../shared/domain/tasks/tasks.api.ts';
import { claimTask as claim, findTask } from '../../shared/domain/tasks/tasks.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const claimTask = httpFunction(tasksApi.claim, {
  find: findTask,
  handle: async ({ subject: task, caller }, { db, clock }) => ok(await claim(db, clock, task.id, caller.actor)),
});
