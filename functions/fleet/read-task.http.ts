import { tasksApi } from '../../shared/domain/tasks/tasks.api.ts';
import { findTask } from '../../shared/domain/tasks/tasks.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';

export const readTask = httpFunction(tasksApi.read, {
  find: findTask,
  handle: async ({ subject }) => ok(subject),
});
