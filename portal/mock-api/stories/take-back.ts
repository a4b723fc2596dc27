import type { Order } from '../../../shared/domain/orders/orders.db.ts';
import type { SagaRow } from '../../../shared/domain/sagas/sagas.db.ts';
import { isoTime } from '../../../shared/kernel/clock.ts';
import { until } from '../platform.ts';
import { about, assetsOf, setState } from './order.ts';
import type { Teller } from './teller.ts';

const undoes: Readonly<Record<string, string>> = {
  'begin-order': 'forget-order',
  'reserve-inventory': 'release-inventory',
  'request-quote': 'cancel-quote',
  'place-purchase': 'cancel-purchase',
  'request-approval': 'withdraw-approval',
  'receive-goods': 'stop-receiving',
  'rack-server': 'unrack-server',
  'cable-server': 'uncable-server',
  'allocate-place': 'release-place',
};

/**
 * Takes an order back, the newest step first. A reason that contains `fail-undo` gets stuck at the purchase or the
 * inventory.
 */
export async function takeBack(
  teller: Teller,
  order: Order,
  saga: SagaRow,
  reason: string,
  end: 'failed' | 'cancelled',
): Promise<void> {
  const { platform } = teller;
  const family = [...platform.sagas.values()].filter(({ rootId }) => rootId === saga.id);
  for (const each of family)
    if (each.endedAt === null)
      Object.assign(each, { state: 'unwinding', endedReason: reason, waitingFor: null, waitingUntil: null });
  for (const approval of platform.approvals.values())
    if (approval.orderId === order.id && approval.state === 'open')
      Object.assign(approval, { state: 'withdrawn', decidedAt: teller.iso() });
  const steps = platform.steps.filter(({ sagaId }) => family.some(({ id }) => id === sagaId)).reverse();
  teller.tell(saga, 'unwinding', `taking back ${steps.length} steps, because ${reason}`);
  for (const [index, row] of steps.entries()) {
    const undo = undoes[row.step];
    if (!undo) continue;
    if (reason.includes('fail-undo') && (row.step === 'place-purchase' || row.step === 'reserve-inventory'))
      await stuck(
        teller,
        saga,
        undo,
        row.key,
        // As the platform says it: what was done, with the key of its call, the next to be taken back first.
        steps.slice(index).flatMap(({ step, key }) => (undoes[step] ? [`${step} (${key})`] : [])),
      );
    await teller.undo(saga, row, undo);
  }
  for (const asset of assetsOf(teller, order)) {
    if (
      ['ORDERED', 'QUOTE_REQUESTED', 'QUOTE_RECEIVED', 'PURCHASE_APPROVED', 'SHIPMENT_TRACKING'].includes(asset.state)
    )
      teller.move(asset, 'cancelled', saga);
    else if (asset.state === 'READY') Object.assign(asset, { orderId: null });
  }
  for (const each of family) if (each.endedAt === null) teller.end(each, end, reason);
  setState(teller, order, end, reason);
  platform.emit(
    end === 'failed' ? 'orders.failed' : 'orders.cancelled',
    order.id,
    { orderId: order.id, tenantId: order.tenantId, datacenterId: order.datacenterId, reason },
    about(teller, order),
  );
}

async function stuck(teller: Teller, saga: SagaRow, undo: string, key: string, held: readonly string[]): Promise<void> {
  const { platform } = teller;
  for (;;) {
    const reason = 'the vendor answered 500 to five attempts';
    Object.assign(saga, {
      state: 'stuck',
      waitingFor: 'ops',
      held: { step: undo, key, reason, steps: [...held] },
      updatedAt: isoTime(teller.now()),
    });
    teller.tell(saga, 'stuck', `stuck at ${undo}: ${reason}`, undo, 5);
    platform.emit(
      'sagas.stuck',
      saga.id,
      { sagaId: saga.id, name: saga.name, step: undo, reason, held: [...held] },
      { at: teller.now() },
    );
    const decision = await until(platform, () => platform.decisions.get(saga.id));
    platform.decisions.delete(saga.id);
    Object.assign(saga, { state: 'unwinding', waitingFor: null, held: null });
    teller.tell(saga, 'decided', `${decision.by} decided to ${decision.verb}: ${decision.reason}`);
    // A second try without somebody having mended anything fails as the first did.
    if (decision.verb !== 'retry' || /mended|fixed/i.test(decision.reason)) return;
  }
}
