import { z } from 'zod';
import { contract } from '../../kernel/api/contract.ts';
import { page, PageQuery } from '../../kernel/api/paging.ts';
import { TaskId } from '../../kernel/ids.ts';
import { Note } from '../../kernel/text.ts';
import { RepairOutcome } from '../validation/finding.ts';

/** What the endpoints about tasks, assets, servers, sagas and events take and answer. */
export const TaskLineView = z.object({
  id: z.string(),
  text: z.string(),
  place: z.string().optional(),
  expected: z.string().optional(),
  found: z.string().optional(),
  hint: z.string().optional(),
});
/** What became of one line of a task. Who could not do it says why. */
export const LineAnswer = z
  .object({ line: z.string(), outcome: RepairOutcome, note: Note.optional() })
  .refine(({ outcome, note: said }) => outcome !== 'not-fixed' || (said ?? '') !== '', {
    error: 'say why it could not be fixed',
    path: ['note'],
  });
export type LineAnswer = z.infer<typeof LineAnswer>;
export const TaskView = z.object({
  id: z.string(),
  kind: z.string(),
  datacenterId: z.string(),
  serverId: z.string().nullable(),
  orderId: z.string().nullable(),
  shipmentId: z.string().nullable(),
  title: z.string(),
  instructions: z.array(z.string()),
  /** What has to be done one by one, each answered by itself. */
  lines: z.array(TaskLineView),
  /** Where its server stands, if it is about one that does. */
  rackName: z.string().nullable(),
  rackUnit: z.number().nullable(),
  /** What was said at its end. */
  result: z
    .object({
      note: z.string().optional(),
      answers: z.array(z.object({ line: z.string(), outcome: z.string(), note: z.string().optional() })).optional(),
    })
    .nullable(),
  state: z.enum(['open', 'claimed', 'done', 'cancelled']),
  claimedBy: z.string().nullable(),
  claimedById: z.string().nullable(),
  completedBy: z.string().nullable(),
  dueAt: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type TaskView = z.infer<typeof TaskView>;
export const CompleteTask = z.object({
  note: Note.optional(),
  answers: z.array(LineAnswer).max(500).optional(),
  confirmed: z.literal(true, { error: 'must be true: confirm that the work is done' }),
});

const params = z.object({ id: TaskId });
export const tasksApi = {
  list: contract({
    name: 'list-tasks',
    route: 'GET /v1/tasks',
    summary: 'Work for people, most urgent first.',
    audience: 'users',
    permission: 'task:read',
    query: PageQuery.extend({
      datacenter: z.string().optional(),
      /** `todo`: open or claimed. */
      state: z.enum(['open', 'claimed', 'done', 'cancelled', 'todo']).optional(),
      serverId: z.string().optional(),
    }),
    answer: page(TaskView),
  }),
  read: contract({
    name: 'read-task',
    route: 'GET /v1/tasks/{id}',
    summary: 'One task with its instructions.',
    audience: 'users',
    permission: 'task:read',
    subject: { noun: 'task', by: 'params.id' },
    params,
    answer: TaskView,
  }),
  claim: contract({
    name: 'claim-task',
    route: 'POST /v1/tasks/{id}/claim',
    summary: 'Take a task.',
    audience: 'users',
    permission: 'task:work',
    subject: { noun: 'task', by: 'params.id' },
    params,
    answer: TaskView,
  }),
  complete: contract({
    name: 'complete-task',
    route: 'POST /v1/tasks/{id}/complete',
    summary: 'Say that a task is done; the saga that asked for it goes on.',
    audience: 'users',
    permission: 'task:work',
    subject: { noun: 'task', by: 'params.id' },
    params,
    body: CompleteTask,
    mostBodyBytes: 1_000_000, // an answer with a note for each of many lines
    answer: TaskView,
  }),
};
