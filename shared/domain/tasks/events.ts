import { z } from 'zod';
import { eventType } from '../../events/event-type.ts';

export const taskOpened = eventType(
  'tasks.opened',
  z.object({
    taskId: z.string(),
    kind: z.string(),
    title: z.string(),
    datacenterId: z.string(),
    serverId: z.string().nullable(),
    dueAt: z.string(),
  }),
  { staff: 'task:read' },
);
export const taskCompleted = eventType(
  'tasks.completed',
  z.object({
    taskId: z.string(),
    kind: z.string(),
    datacenterId: z.string(),
    serverId: z.string().nullable(),
    completedBy: z.string(),
  }),
  { staff: 'task:read' },
);

export const taskEvents = [taskOpened, taskCompleted] as const;
