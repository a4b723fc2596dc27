import type { Approval } from '../../../shared/domain/approvals/approvals.db.ts';
import type { Asset } from '../../../shared/domain/assets/assets.db.ts';
import type { Decommission } from '../../../shared/domain/decommissions/decommissions.db.ts';
import { certificateOf, type Erasure } from '../../../shared/domain/erasure/certificate.ts';
import { judgeErasure, knownDrives } from '../../../shared/domain/erasure/rules.ts';
import type { Drive } from '../../../shared/facts/server.ts';
import { isoTime } from '../../../shared/kernel/clock.ts';
import { days, hours, minutes } from '../../../shared/kernel/durations.ts';
import { ApprovalId } from '../../../shared/kernel/ids.ts';
import { newId } from '../../../shared/kernel/new-id.ts';
import { prove } from './proofs.ts';
import type { Teller } from './teller.ts';

/** The story of a maintenance. */
export async function maintain(teller: Teller, asset: Asset, id: string, reason: string): Promise<void> {
  const saga = teller.begin('maintain-server', id, {
    subject: asset.id,
    serverId: asset.id,
    tenantId: asset.tenantId,
    datacenterId: asset.datacenterId,
  });
  await teller.step(saga, 'begin-maintenance', 'the server leaves service');
  teller.move(asset, 'maintenance-started', saga);
  await teller.task(saga, 'perform-maintenance', 'maintain', {
    datacenterId: asset.datacenterId,
    serverId: asset.id,
    title: `Maintain ${asset.serial} in ${asset.rackName}, unit ${asset.rackUnit}`,
    instructions: [reason, 'Leave the server powered on and its cables as they were.'],
  });
  await teller.step(saga, 'verify-health', 'the server is well');
  teller.move(asset, 'maintenance-ended', saga);
  teller.end(saga, 'done');
}

/** The story of a server's end: proposed, decided by somebody else, erased, taken out. */
export async function decommission(teller: Teller, asset: Asset, wish: Decommission): Promise<void> {
  const saga = teller.begin('decommission-server', wish.id, {
    subject: wish.id,
    serverId: asset.id,
    tenantId: asset.tenantId,
    datacenterId: asset.datacenterId,
  });
  const to = (state: Decommission['state']) => Object.assign(wish, { state, updatedAt: teller.iso() });
  teller.move(asset, 'decommission-proposed', saga, wish.requestedBy);
  const approval = openApproval(teller, asset, wish, saga.id);
  await teller.step(saga, 'propose-decommission', approval.summary, minutes(1));
  const decided = await teller.ask(
    saga,
    'await-decommission-decision',
    wish.tenantId ? `tenant ${wish.tenantId}` : 'an approver',
    days(14),
    () => (approval.state === 'open' ? undefined : approval),
    () =>
      Object.assign(approval, {
        state: 'approved',
        decidedBy: 'tenant-admin@acme.example',
        decidedAt: teller.iso(),
        reason: 'No longer needed',
      }),
  );
  if (decided.state === 'rejected') {
    to('declined');
    teller.move(asset, 'proposal-declined', saga);
    return teller.end(saga, 'failed', `${decided.decidedBy} rejected it: ${decided.reason}`);
  }
  Object.assign(saga, { pointOfNoReturn: 'the data on the server is about to be destroyed' });
  await teller.step(saga, 'revoke-tenant-access', "the tenant's account is gone");
  teller.move(asset, 'decommission-approved', saga);
  to('erasing');
  const drives = asset.measured?.drives ?? [];
  await teller.wait(saga, 'erase-server', 'the drives to be erased', 'every drive is erased and verified', hours(5));
  wish.certificate = certificateOf(erasureOf(drives), {
    proofId: prove(teller.platform, asset, 'erase-verified', { actor: 'erase-server', sagaId: saga.id }, teller.now())
      .id,
    serverId: asset.id,
    serial: asset.serial,
    erasedAt: teller.iso(),
    sagaId: saga.id,
  });
  to('erased');
  teller.move(asset, 'erased-for-disposal', saga, 'platform', null);
  await teller.step(saga, 'withdraw-from-tools', 'no tool knows it any more');
  await teller.task(saga, 'remove-server', 'remove', {
    datacenterId: asset.datacenterId,
    serverId: asset.id,
    title: `Remove ${asset.serial} from ${asset.rackName}, unit ${asset.rackUnit}`,
    instructions: [
      'Pull the power cords, then all other cables.',
      `Take serial ${asset.serial} out of ${asset.rackName}, unit ${asset.rackUnit}.`,
      'Put it where retired machines stand.',
    ],
  });
  to('removed');
  Object.assign(asset, { rackName: null, rackUnit: null, disposition: wish.disposition });
  await teller.step(saga, 'retire-server', 'its end is on record');
  teller.move(asset, 'disposed', saga);
  to('done');
  teller.end(saga, 'done');
}

/**
 * Every drive that the BMC and the validation image have named, erased as BMCs of Dell and HPE do: they name no method.
 */
function erasureOf(drives: readonly Drive[]): Erasure {
  const known = knownDrives([
    { source: 'bmc', drives },
    { source: 'validation-image', drives },
  ]);
  return judgeErasure(
    known,
    known.flatMap(({ serial }) =>
      serial === null
        ? []
        : [
            {
              serial,
              method: null,
              isProved: true,
              evidence: 'its task ended well; no operation and no volume is left on it',
            },
          ],
    ),
    [],
  );
}

function openApproval(teller: Teller, asset: Asset, wish: Decommission, sagaId: string): Approval {
  const approval: Approval = {
    id: ApprovalId.parse(newId('approval', teller.now())),
    kind: 'decommission',
    subject: wish.id,
    tenantId: asset.tenantId,
    orderId: null,
    serverId: asset.id,
    sagaId,
    state: 'open',
    amountMinor: null,
    currency: null,
    summary: `Decommission ${asset.serial}: ${wish.reason}`,
    policy: asset.tenantId ? 'the tenant decides on its servers' : 'a person decides',
    requestedBy: wish.requestedBy,
    requestedById: wish.requestedById,
    requestedAt: teller.iso(),
    dueAt: isoTime(teller.now() + days(14)),
    decidedBy: null,
    decidedById: null,
    decidedAt: null,
    reason: null,
  };
  teller.platform.approvals.set(approval.id, approval);
  teller.platform.emit(
    'approvals.requested',
    approval.id,
    {
      approvalId: approval.id,
      kind: 'decommission',
      subject: wish.id,
      summary: approval.summary,
      dueAt: approval.dueAt,
    },
    { at: teller.now(), tenantId: asset.tenantId, datacenterId: asset.datacenterId },
  );
  return approval;
}
