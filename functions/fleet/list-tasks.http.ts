import { tasksApi } from '../../shared/domain/tasks/tasks.api.ts';
import { listTasks as readTasks } from '../../shared/domain/tasks/tasks.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { cut, readTimeCursor, timeCursor } from '../../shared/kernel/api/paging.ts';

export const listTasks = httpFunction(tasksApi.list, async ({ caller, query }, { db }) => {
  const own = caller.datacenterFilter('task:read');
  const datacenterIds =
    query.datacenter === undefined ? own : [query.datacenter].filter((id) => own === undefined || own.includes(id));
  const after = readTimeCursor(query.after);
  const tasks = await readTasks(db, {
    datacenterIds,
    serverId: query.serverId,
    states: query.state === 'todo' ? ['open', 'claimed'] : query.state && [query.state],
    after: after && { dueAt: after.at, id: after.id },
    limit: query.limit + 1,
  });
  return ok(cut(tasks, query.limit, ({ dueAt, id }) => timeCursor(dueAt, id)));
});
