import { z } from 'zod';
import { TaskView } from '../../shared/domain/tasks/tasks.api.ts';
import { listTasks as readTasks } from '../../shared/domain/tasks/tasks.db.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { cut, page, PageQuery, readTimeCursor, timeCursor } from '../../shared/http/paging.ts';

export const listTasks = httpFunction({
  name: 'list-tasks',
  route: 'GET /v1/tasks',
  summary: 'Work for people, most urgent first.',
  query: PageQuery.extend({
    datacenter: z.string().optional(),
    state: z.enum(['open', 'claimed', 'done', 'cancelled', 'todo']).optional(),
    serverId: z.string().optional(),
  }),
  answer: page(TaskView),
  allow: ({ caller }) => caller.may('task:read'),
  handle: async ({ caller, query }, { db }) => {
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
  },
});
