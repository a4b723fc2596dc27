import { describe, expect, it } from '@jest/globals';
import { deliverySteps } from '../../../../../activities/delivery/index.ts';
import { discoverySteps } from '../../../../../activities/discovery/index.ts';
import { steps as allSteps } from '../../../../../activities/index.ts';
import { ordersSteps } from '../../../../../activities/orders/index.ts';
import { procurementSteps } from '../../../../../activities/procurement/index.ts';
import { provisioningSteps } from '../../../../../activities/provisioning/index.ts';
import { receivingSteps } from '../../../../../activities/receiving/index.ts';
import { sagas as allSagas } from '../../../../../orchestrations/index.ts';
import { entriesFor, phasesOf } from '../../../../../shared/domain/orders/order-story.ts';
import type { Order } from '../../../../../shared/domain/orders/orders.db.ts';
import { stepWords } from '../../../../../shared/domain/orders/step-words.ts';
import type { SagaRow, StepRow, TimelineRow } from '../../../../../shared/domain/sagas/sagas.db.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const order = (state: Order['state']) => ({ state }) as Order;
const saga = (name: string, state: SagaRow['state'] = 'running', more: Partial<SagaRow> = {}) =>
  ({ id: name, name, state, waitingFor: null, waitingUntil: null, ...more }) as SagaRow;
let minute = 0;
const done = (sagaId: string, step: string, state: StepRow['state'] = 'done') =>
  ({ sagaId, step, state, startedAt: at(++minute) }) as StepRow;
const statesOf = (...reported: Parameters<typeof phasesOf>) => phasesOf(...reported).map(({ state }) => state);

const bought = [
  done('fulfill-order', 'begin-order'),
  done('fulfill-order', 'reserve-inventory'),
  done('procure', 'plan-purchase'),
  done('procure', 'request-quote'),
  done('procure', 'request-approval'),
  done('procure', 'place-purchase'),
];
const family = [
  'fulfill-order',
  'procure',
  'receive-shipment',
  'deploy-server',
  'install-server',
  'deliver-server',
].map((name) => saga(name));

describe('the parts of an order', () => {
  it('are all still to come when it has just been accepted', () => {
    expect(statesOf(order('received'), [], [])).toEqual(Array.from({ length: 7 }, () => 'next'));
  });

  it('are done up to the one it is at, and to come after it', () => {
    expect(statesOf(order('procuring'), family, bought)).toEqual([
      'done',
      'done',
      'current',
      'next',
      'next',
      'next',
      'next',
    ]);
  });

  it('that an order from stock does not need are said to be so', () => {
    const stock = [
      done('fulfill-order', 'begin-order'),
      done('fulfill-order', 'reserve-inventory'),
      done('install-server', 'rack-server'),
    ];
    expect(statesOf(order('deploying'), family, stock)).toEqual([
      'done',
      'not-needed',
      'not-needed',
      'not-needed',
      'not-needed',
      'current',
      'next',
    ]);
  });

  it('are done, or were not needed, when it is fulfilled', () => {
    const all = [
      ...bought,
      done('procure', 'await-ship-notice'),
      done('receive-shipment', 'receive-goods'),
      done('install-server', 'rack-server'),
      done('deliver-server', 'hand-over'),
    ];
    expect(statesOf(order('fulfilled'), family, all)).toEqual(Array.from({ length: 7 }, () => 'done'));
    expect(
      statesOf(order('fulfilled'), family, [done('fulfill-order', 'begin-order'), done('deliver-server', 'hand-over')]),
    ).toEqual(['done', ...Array.from({ length: 5 }, () => 'not-needed'), 'done']);
  });

  it('that were begun are taken back, and the others were not needed, when it failed or was cancelled', () => {
    const undone = bought.map((step) => ({ ...step, state: 'undone' as const }));
    for (const state of ['failed', 'cancelled'] as const)
      expect(statesOf(order(state), family, undone)).toEqual([
        'taken-back',
        'taken-back',
        'taken-back',
        'not-needed',
        'not-needed',
        'not-needed',
        'not-needed',
      ]);
  });

  it('say since when, until when and for whom they wait, each for its own saga only', () => {
    const waiting = [...bought.slice(0, -1), { ...done('procure', 'await-purchase-decision', 'waiting') }];
    const reported = phasesOf(
      order('procuring'),
      [saga('fulfill-order'), saga('procure', 'waiting', { waitingFor: 'an approver', waitingUntil: at(600) })],
      waiting,
    );
    expect(reported[2]).toMatchObject({
      state: 'current',
      since: waiting.at(-1)?.startedAt,
      until: at(600),
      waitingFor: ['an approver'],
    });
    expect(reported.filter(({ waitingFor }) => waitingFor.length > 0)).toHaveLength(1);
  });

  it('name several who are waited for once each', () => {
    const racks = ['a', 'b', 'c'].map((id) =>
      saga('install-server', 'waiting', { id, waitingFor: id === 'c' ? 'the platform' : 'a technician' }),
    );
    expect(
      phasesOf(
        order('deploying'),
        racks,
        racks.map(({ id }) => done(id, 'rack-server', 'waiting')),
      )[5]?.waitingFor,
    ).toEqual(['a technician', 'the platform']);
  });

  it('that are stuck wait for our operations team', () => {
    expect(
      phasesOf(
        order('deploying'),
        [saga('install-server', 'stuck')],
        [done('install-server', 'rack-server', 'failed')],
      )[5]?.waitingFor,
    ).toEqual(['our operations team']);
  });

  describe('that are taken back', () => {
    const undo = (step: StepRow, state: 'undoing' | 'undone' | 'undo-failed', minuteOfUndo: number): StepRow => ({
      ...step,
      state,
      updatedAt: at(minuteOfUndo),
    });
    const shipping = [...bought, done('procure', 'await-ship-notice', 'waiting')];
    const undone = (state: 'undoing' | 'undo-failed') =>
      shipping.map((step) => (step.step === 'place-purchase' ? undo(step, state, 900) : step));
    const isEnding = { endedReason: 'Ada Acme cancelled: too many' };

    it('are back from the end up to the one at work, and those before it still have to come back', () => {
      expect(
        statesOf(order('shipping'), [saga('fulfill-order'), saga('procure', 'unwinding', isEnding)], undone('undoing')),
      ).toEqual([
        'to-take-back',
        'to-take-back',
        'taking-back',
        'taken-back',
        'not-needed',
        'not-needed',
        'not-needed',
      ]);
    });

    it('begin with the one that was reached, before any of it is back', () => {
      expect(
        statesOf(order('shipping'), [saga('fulfill-order', 'unwinding', isEnding), saga('procure')], shipping),
      ).toEqual([
        'to-take-back',
        'to-take-back',
        'to-take-back',
        'taking-back',
        'not-needed',
        'not-needed',
        'not-needed',
      ]);
    });

    it('and are stuck wait for our operations team there, not where the story had come to', () => {
      const reported = phasesOf(
        order('shipping'),
        [saga('fulfill-order'), saga('procure', 'stuck', { ...isEnding, waitingFor: 'ops', updatedAt: at(901) })],
        undone('undo-failed'),
      );
      expect(reported.filter(({ waitingFor }) => waitingFor.length > 0)).toMatchObject([
        { name: 'Approve the purchase', state: 'taking-back', since: at(901), waitingFor: ['our operations team'] },
      ]);
    });

    it('and are stuck before an undo has begun are at the call that the stuck saga names', () => {
      const keyed = shipping.map((step, index) => ({ ...step, key: `${step.step}#${index}` }));
      const held = { step: 'cancel-purchase', key: 'place-purchase#5', reason: '', steps: [] };
      expect(statesOf(order('shipping'), [saga('procure', 'stuck', { ...isEnding, held })], keyed)).toEqual([
        'to-take-back',
        'to-take-back',
        'taking-back',
        'taken-back',
        'not-needed',
        'not-needed',
        'not-needed',
      ]);
    });

    it('are said to be left where somebody gave up', () => {
      expect(statesOf(order('failed'), family, undone('undo-failed'))).toEqual([
        'left',
        'left',
        'left',
        'taken-back',
        'not-needed',
        'not-needed',
        'not-needed',
      ]);
    });
  });

  it('know every step of procurement and every saga of an order: none happens outside of them', () => {
    const outside = allSteps
      .filter(({ name }) => phasesOf(order('received'), [], [done('x', name)]).every(({ state }) => state === 'next'))
      .map(({ name }) => name);
    const reported = allSagas
      .filter(({ name }) =>
        phasesOf(order('received'), [saga(name)], [done(name, 'any')]).some(({ state }) => state !== 'next'),
      )
      .map(({ name }) => name);
    expect(reported.sort()).toEqual([
      'commission-server',
      'deliver-server',
      'deploy-server',
      'discover-server',
      'install-server',
      'validate-server',
    ]);
    expect(outside).toEqual(
      expect.not.arrayContaining([
        'begin-order',
        'reserve-inventory',
        'request-quote',
        'place-purchase',
        'receive-goods',
      ]),
    );
  });
});

describe('the timeline', () => {
  const row = (kind: string, step: string | null = null, more: Partial<TimelineRow> = {}) =>
    ({ position: 1, sagaId: 's', at: at(1), kind, step, attempt: null, text: 'our words', ...more }) as TimelineRow;
  const rows = [
    row('began'),
    row('done', 'rack-server', { attempt: 1 }),
    row('failed', 'update-firmware', { attempt: 2, text: 'attempt 2 failed: 10.0.0.1 refused' }),
    row('stuck', 'erase-server'),
    row('decided'),
    row('note', 'x'),
    row('waiting', 'await-ship-notice', { text: 'waiting for the vendor' }),
    row('done', 'enter-phase'),
    row('failed'),
  ];

  it('tells staff everything as it was written', () => expect(entriesFor(rows, 'staff')).toHaveLength(rows.length));
  it('tells a tenant what happens to the order, and nothing of our steps, attempts, decisions and machines', () => {
    expect(entriesFor(rows, 'tenant').map(({ kind, step, text }) => `${kind}, ${step}: ${text}`)).toEqual([
      'done, null: A server was racked',
      'waiting, null: Waiting for the vendor to ship',
      'failed, null: our words',
    ]);
  });

  it('tells a tenant of a step that waits whom it waits for, in words of the tenant’s', () => {
    const waiting = [done('discover-server', 'await-bmc', 'waiting')];
    const reported = (reader: 'staff' | 'tenant') =>
      phasesOf(
        order('deploying'),
        [saga('discover-server', 'waiting', { waitingFor: 'the BMC d0:8e:79:00:00:10 to ask for an address' })],
        waiting,
        reader,
      )[5]?.waitingFor;
    expect(reported('staff')).toEqual(['the BMC d0:8e:79:00:00:10 to ask for an address']);
    expect(reported('tenant')).toEqual(['the server to come on']);
  });

  it('has words for every step that an order can take', () => {
    const ofOrders = new Set(
      [ordersSteps, procurementSteps, receivingSteps, discoverySteps, provisioningSteps, deliverySteps]
        .flat()
        .map(({ name }) => name),
    );
    expect([...ofOrders].filter((name) => stepWords[name] === undefined)).toEqual([]);
    expect(Object.keys(stepWords).filter((name) => !ofOrders.has(name))).toEqual([]);
  });
});
