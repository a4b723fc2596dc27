import type { SagaRow, StepRow, TimelineRow } from '../sagas/sagas.db.ts';
import type { OrderTimeline, Phase } from './orders.api.ts';
import type { Order } from './orders.db.ts';

/** The specification's seven parts of an order, each with the steps or child sagas that make it up. */
const parts = [
  { name: 'Reserve from stock', steps: ['begin-order', 'reserve-inventory'] },
  { name: 'Request quotes', steps: ['plan-purchase', 'request-quote', 'collect-quotes', 'choose-quote'] },
  {
    name: 'Approve the purchase',
    steps: ['request-approval', 'await-purchase-decision', 'place-purchase', 'decline-other-quotes'],
  },
  { name: 'Track the shipment', steps: ['await-ship-notice', 'track-shipment'] },
  { name: 'Receive the goods', steps: ['receive-goods', 'register-server', 'close-shipment'] },
  {
    name: 'Deploy and provision',
    sagas: ['deploy-server', 'install-server', 'discover-server', 'validate-server', 'commission-server'],
  },
  { name: 'Hand over', sagas: ['deliver-server'] },
] as const satisfies readonly ({ name: string } & ({ steps: readonly string[] } | { sagas: readonly string[] }))[];

/** Where an order is: done, current, next, taken back; since when, until when, and who has to do something. */
export function phasesOf(order: Order, family: readonly SagaRow[], steps: readonly StepRow[]): Phase[] {
  const isOver = order.state === 'fulfilled';
  const isUnfulfilled = order.state === 'cancelled' || order.state === 'failed';
  const sagaName = new Map(family.map(({ id, name }) => [id, name]));
  const started = parts.map((part) =>
    steps.filter((step) =>
      'steps' in part
        ? (part.steps as readonly string[]).includes(step.step)
        : (part.sagas as readonly string[]).includes(sagaName.get(step.sagaId) ?? ''),
    ),
  );
  const current = started.findLastIndex((each) => each.length > 0);
  return parts.map((part, index): Phase => {
    const mine = started[index] ?? [];
    const waiting = family.filter(
      (saga) => saga.state === 'waiting' && mine.some((step) => step.sagaId === saga.id && step.state === 'waiting'),
    );
    const stuck = family.filter((saga) => saga.state === 'stuck' && mine.some((step) => step.sagaId === saga.id));
    return {
      name: part.name,
      state: stateOf(),
      since: mine.map(({ startedAt }) => startedAt).sort()[0] ?? null,
      until: waiting.flatMap(({ waitingUntil }) => (waitingUntil ? [waitingUntil] : [])).sort()[0] ?? null,
      waitingFor: [
        ...new Set([
          ...stuck.map(() => 'our operations team'),
          ...waiting.flatMap(({ waitingFor }) => (waitingFor ? [waitingFor] : [])),
        ]),
      ],
    };

    function stateOf(): Phase['state'] {
      if (mine.some(({ state }) => state === 'undone' || state === 'undoing')) return 'taken-back';
      if (mine.length === 0) return index < current || isOver || isUnfulfilled ? 'not-needed' : 'next';
      return index < current || isOver ? 'done' : isUnfulfilled ? 'taken-back' : 'current';
    }
  });
}

// Keeps the order's own state; says nothing that the phases do not.
const innerStep = 'enter-phase';
const shownToTenants = new Set([
  'began',
  'waiting',
  'done',
  'unwinding',
  'undone',
  'failed',
  'cancelled',
  'cancel-requested',
  'refused',
]);

/** The timeline for a reader. A tenant sees what happens to the order, in our words, and nothing of how we run it. */
export function entriesFor(rows: readonly TimelineRow[], reader: 'staff' | 'tenant'): OrderTimeline['entries'] {
  const shown =
    reader === 'staff'
      ? rows
      : rows.filter(
          ({ kind, step, attempt }) =>
            shownToTenants.has(kind) && step !== innerStep && !(kind === 'failed' && step !== null && attempt !== null),
        );
  return shown.map(({ at, sagaId, kind, step, attempt, text }) => ({
    at,
    sagaId,
    kind,
    step,
    attempt,
    text:
      reader === 'staff' || step === null
        ? text
        : `${inWords(step)}: ${kind === 'waiting' || kind === 'refused' ? text : kind}`,
  }));
}

/** `await-ship-notice` → `Await ship notice`. */
const inWords = (step: string): string => step.charAt(0).toUpperCase() + step.slice(1).replaceAll('-', ' ');
