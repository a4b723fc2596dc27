import { z } from 'zod';
import { closeApproval, insertApproval } from '../../shared/domain/approvals/approvals.db.ts';
import { approvalRequested } from '../../shared/domain/approvals/events.ts';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { setDecommissionState, getDecommission } from '../../shared/domain/decommissions/decommissions.db.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { program } from '../../shared/kernel/actor.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { days } from '../../shared/kernel/durations.ts';
import { ApprovalId, DecommissionId, ServerId } from '../../shared/kernel/ids.ts';
import { move, moveBack } from '../../shared/saga/move.ts';
import { step } from '../../shared/saga/step.ts';

const decideWithin = days(14);

/** Puts the end of a server up for decision: by its tenant where there is one, else by an approver. */
export const proposeDecommission = step({
  name: 'propose-decommission',
  input: z.object({ decommissionId: DecommissionId, serverId: ServerId }),
  output: z.object({ approvalId: ApprovalId }),
  run: async ({ decommissionId, serverId }, deps, context) => {
    const { db, clock } = deps;
    const [asset, wish] = [await getAsset(db, serverId), await getDecommission(db, decommissionId)];
    await move(deps, context, serverId, 'decommission-proposed');
    const id = ApprovalId.parse(context.newId('approval'));
    const summary = `Decommission ${asset.serial} (${wish.disposition}): ${wish.reason}`;
    await db.transaction(async (tx) => {
      const opened = await insertApproval(tx, {
        id,
        kind: 'decommission',
        subject: decommissionId,
        tenantId: asset.tenantId,
        orderId: null,
        serverId,
        sagaId: context.waitingSagaId,
        state: 'open',
        amountMinor: null,
        currency: null,
        summary,
        policy: 'somebody other than who asked decides; the data on it will be destroyed',
        requestedBy: wish.requestedBy,
        requestedById: wish.requestedById,
        requestedAt: isoTime(clock.now()),
        dueAt: isoTime(context.at + decideWithin),
        decidedBy: null,
        decidedById: null,
        decidedAt: null,
        reason: null,
      });
      if (opened > 0)
        await appendEvents(tx, clock, [
          approvalRequested({
            subject: id,
            tenantId: asset.tenantId,
            datacenterId: asset.datacenterId,
            data: {
              approvalId: id,
              kind: 'decommission',
              subject: decommissionId,
              summary,
              dueAt: isoTime(context.at + decideWithin),
            },
          }),
        ]);
    });
    return { approvalId: id };
  },
  undo: {
    name: 'withdraw-decommission',
    run: async ({ decommissionId, serverId }, deps, context) => {
      const { db, clock } = deps;
      await closeApproval(
        db,
        clock,
        ApprovalId.parse(context.newId('approval')),
        'withdrawn',
        program(context.origin.actor),
        null,
      );
      await moveBack(deps, context, serverId, 'proposal-declined');
      await setDecommissionState(db, clock, decommissionId, 'declined');
    },
  },
});
