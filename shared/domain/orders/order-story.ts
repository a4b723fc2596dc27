import type { TimelineEntry } from '../sagas/sagas.api.ts';
import type { SagaRow, StepRow, TimelineRow } from '../sagas/sagas.db.ts';
import type { OrderTimeline, Phase } from './orders.api.ts';
import type { Order } from './orders.db.ts';
import { stepWords, waitsFor } from './step-words.ts';

/** A tenant reads of an order in words of his own; staff read what steps and machines say. */
export type Reader = 'staff' | 'tenant';

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

/**
 * Where an order is: done, current, next, or on its way back; since when, until when, and who has to do something. A
 * part whose steps wait says since when it waits; any other, since when it was begun.
 */
export function phasesOf(
  order: Order,
  family: readonly SagaRow[],
  steps: readonly StepRow[],
  reader: Reader = 'tenant',
): Phase[] {
  const sagaName = new Map(family.map(({ id, name }) => [id, name]));
  const started = parts.map((part) =>
    steps.filter((step) =>
      'steps' in part
        ? (part.steps as readonly string[]).includes(step.step)
        : (part.sagas as readonly string[]).includes(sagaName.get(step.sagaId) ?? ''),
    ),
  );
  const states = statesOf(order, family, started);
  const isStuck = family.some(({ state }) => state === 'stuck');
  return parts.map((part, index): Phase => {
    const mine = started[index] ?? [];
    const state = states[index] ?? 'next';
    const isNow = state === 'current' || state === 'taking-back';
    const waits = isNow ? waitsOf(mine, family) : [];
    return {
      name: part.name,
      state,
      since: sinceOf(state, mine, waits, family),
      until: waits.flatMap(({ saga }) => (saga.waitingUntil ? [saga.waitingUntil] : [])).sort()[0] ?? null,
      waitingFor: [
        ...new Set([
          ...(isNow && isStuck ? ['our operations team'] : []),
          ...waits.flatMap(({ saga, step: { step } }) => {
            if (!saga.waitingFor) return [];
            return [reader === 'staff' ? saga.waitingFor : waitsFor(step, saga.waitingFor)];
          }),
        ]),
      ],
    };
  });
}

type Wait = ReturnType<typeof waitsOf>[number];
/** Since when a part waits; while it is taken back, since when its undo is at work or stuck; or when it was begun. */
function sinceOf(
  state: Phase['state'],
  mine: readonly StepRow[],
  waits: readonly Wait[],
  family: readonly SagaRow[],
): string | null {
  const stuck = family.filter((saga) => saga.state === 'stuck').map(({ updatedAt }) => updatedAt);
  const undoing = mine.filter((step) => step.state === 'undoing').map(({ updatedAt }) => updatedAt);
  const begun = (waits.length > 0 ? waits.map(({ step }) => step) : mine).map(({ startedAt }) => startedAt);
  const times = state !== 'taking-back' ? begun : stuck.length > 0 ? stuck : undoing;
  return times.toSorted()[0] ?? null;
}

/** The steps of a part that wait, each with its saga, which says for whom. */
const waitsOf = (mine: readonly StepRow[], family: readonly SagaRow[]): { step: StepRow; saga: SagaRow }[] =>
  mine
    .filter(({ state }) => state === 'waiting' || state === 'undoing')
    .flatMap((step) =>
      family
        .filter(({ id, state, waitingFor }) => id === step.sagaId && state !== 'stuck' && waitingFor !== null)
        .map((saga) => ({ step, saga })),
    );

const isBeingUndone = ({ state }: StepRow): boolean =>
  state === 'undoing' || state === 'undone' || state === 'undo-failed';

/** The state of each part, from the steps that each has begun. */
function statesOf(
  order: Order,
  family: readonly SagaRow[],
  started: readonly (readonly StepRow[])[],
): Phase['state'][] {
  const isUnfulfilled = order.state === 'cancelled' || order.state === 'failed';
  const isOver = isUnfulfilled || order.state === 'fulfilled';
  const last = started.findLastIndex((each) => each.length > 0);
  const untouched = (index: number) => (isOver || index < last ? 'not-needed' : 'next');
  // A reason to end, of a saga that has not ended: it takes its steps back, or is stuck while doing so.
  const isTakenBack = family.some(({ endedAt, endedReason }) => endedReason && !endedAt);
  const isLeft = isUnfulfilled && started.flat().some(({ state }) => state === 'undo-failed');
  if (isTakenBack || isLeft) {
    const front = frontOf(family, started) ?? last;
    const [atFront, before] = isTakenBack ? (['taking-back', 'to-take-back'] as const) : (['left', 'left'] as const);
    return started.map((mine, index) => {
      if (mine.length === 0) return 'not-needed';
      return index > front ? 'taken-back' : index === front ? atFront : before;
    });
  }
  return started.map((mine, index) => {
    if (mine.length === 0) return untouched(index);
    if (isUnfulfilled || mine.some(isBeingUndone)) return 'taken-back';
    return index < last || isOver ? 'done' : 'current';
  });
}

/**
 * The part whose step is being undone, or was undone last: what came after it is back, what came before it still has to
 * come back.
 */
function frontOf(family: readonly SagaRow[], started: readonly (readonly StepRow[])[]): number | undefined {
  const all = started.flatMap((mine, index) => mine.map((step) => ({ step, index })));
  // A stuck saga names the call that it cannot undo, whether or not the undo ever began.
  const stuckAt = family.flatMap(({ state, held }) => (state === 'stuck' && held ? [held.key] : []));
  const stuck = all.findLast(({ step }) => stuckAt.includes(step.key));
  if (stuck) return stuck.index;
  return all
    .filter(({ step }) => isBeingUndone(step))
    .sort((a, b) => compare(a.step.updatedAt, b.step.updatedAt) || b.index - a.index)
    .at(-1)?.index;
}
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const shownToTenants = new Set([
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
export function entriesFor(rows: readonly TimelineRow[], reader: Reader): OrderTimeline['entries'] {
  return reader === 'staff'
    ? rows.map(asWritten)
    : rows.filter(({ kind }) => shownToTenants.has(kind)).flatMap(inWords);
}

const asWritten = ({ at, sagaId, kind, step, attempt, text }: TimelineRow): TimelineEntry => ({
  at,
  sagaId,
  kind,
  step,
  attempt,
  text,
});

/** An entry without the names of steps; none for a tenant where it says nothing of the order. */
function inWords(row: TimelineRow): TimelineEntry[] {
  const { kind, step, attempt, text } = row;
  // Parts begin and end with their steps; an attempt that failed is made again.
  if (step === null) return kind === 'done' ? [] : [asWritten(row)];
  const words = stepWords[step];
  if (!words || (kind === 'failed' && attempt !== null)) return [];
  const said: Partial<Record<string, string>> = {
    done: words.done,
    waiting: `Waiting for ${waitsFor(step, text.replace(/^waiting for /i, ''))}`,
    undone: `Taken back: ${words.done.charAt(0).toLowerCase()}${words.done.slice(1)}`,
  };
  return [{ ...asWritten(row), step: null, text: said[kind] ?? text }];
}
