import { z } from 'zod';
import { getApproval } from '../../shared/domain/approvals/approvals.db.ts';
import { openSagasOf, sagaFamily } from '../../shared/domain/sagas/sagas.db.ts';
import { getTask } from '../../shared/domain/tasks/tasks.db.ts';
import type { Queryable } from '../../shared/kernel/database/database.ts';
import { ApprovalId, ServerId, TaskId } from '../../shared/kernel/ids.ts';
import { consumer } from '../../shared/saga/consumer.ts';

const Happened = z.union([
  z.object({ taskId: TaskId }),
  z.object({ approvalId: ApprovalId }),
  z.object({ sagaId: z.string() }),
  z.object({ serverId: ServerId }),
]);

/**
 * What people did wakes the saga that waits for it. The event was written in the transaction that changed the
 * fact, so no crash between the two leaves a saga asleep.
 */
export const wakeSagas = consumer({
  name: 'wake-sagas',
  topics: ['tasks.completed', 'approvals.decided', 'sagas.decided', 'sagas.cancel_requested', 'assets.finding_waived'],
  data: Happened,
  handle: async (happened, { db, sagas }) => {
    for (const id of await waiting(db, happened)) await sagas.wake(id);
  },
});

async function waiting(db: Queryable, happened: z.infer<typeof Happened>): Promise<string[]> {
  if ('taskId' in happened) return [(await getTask(db, happened.taskId)).sagaId].filter((id) => id !== null);
  if ('approvalId' in happened) return [(await getApproval(db, happened.approvalId)).sagaId];
  if ('serverId' in happened) return openSagasOf(db, happened.serverId);
  // A cancelled saga is asked for at its root; whichever of its parts waits has to hear of it.
  const family = await sagaFamily(db, happened.sagaId);
  return family.length > 0 ? family.filter(({ endedAt }) => endedAt === null).map(({ id }) => id) : [happened.sagaId];
}
