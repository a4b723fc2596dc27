import { describe, expect, it } from '@jest/globals';
import {
  cancelBlocked,
  cancelTarget,
  decisionBlocked,
  heldStep,
  stuckIn,
  treeOf,
} from '../../../../portal/src/platform/parts/saga-parts.ts';
import type { SagaDetail, SagaView } from '../../../../shared/domain/sagas/sagas.api.ts';

const at = (minute: number) => `2026-11-22T12:${String(minute).padStart(2, '0')}:00.000Z`;
const saga = (id: string, parentId: string | null, minute: number, change: Partial<SagaView> = {}): SagaView => ({
  id,
  name: id,
  parentId,
  rootId: 'root',
  subject: 'ord_1',
  orderId: 'ord_1',
  serverId: null,
  tenantId: 'acme',
  datacenterId: 'dc-fra-01',
  state: 'running',
  waitingFor: null,
  waitingUntil: null,
  cancelRequested: null,
  pointOfNoReturn: null,
  held: null,
  endedReason: null,
  startedAt: at(minute),
  updatedAt: at(minute),
  endedAt: null,
  engineEnd: null,
  ...change,
});
const step = (sagaId: string, name: string, minute: number): SagaDetail['steps'][number] => ({
  sagaId,
  key: `${name}#1`,
  step: name,
  state: 'done',
  attempts: 1,
  detail: {},
  startedAt: at(minute),
  updatedAt: at(minute),
});
const held = {
  step: 'place-purchase',
  key: 'place-purchase#1',
  reason: 'the desk answers 500',
  steps: ['place-purchase (place-purchase#4)', 'request-quote (request-quote#2)'],
};

describe('a story and its parts', () => {
  const family = [
    saga('root', null, 0),
    saga('procure', 'root', 2),
    saga('deploy', 'root', 9, { state: 'stuck', held }),
  ];
  const story: SagaDetail = {
    ...family[0]!,
    family,
    steps: [step('root', 'complete-order', 20), step('root', 'begin-order', 1), step('procure', 'request-quote', 3)],
  };

  it('is a tree with steps and parts in the order they began', () => {
    const names = treeOf(story).children.map(({ step: own, part }) => own?.step ?? part?.saga.name);
    expect(names).toEqual(['begin-order', 'procure', 'deploy', 'complete-order']);
  });

  it('shows what is stuck anywhere below the part one looks at, and nothing beside it', () => {
    expect(stuckIn(story).map(({ id }) => id)).toEqual(['deploy']);
    expect(stuckIn({ ...family[1]!, family, steps: [] })).toEqual([]);
  });
});

it('names what is held by its step, without the key of its call', () => {
  expect(held.steps.map(heldStep)).toEqual(['place-purchase', 'request-quote']);
});

describe('cancelling a story', () => {
  it.each([
    ['runs', {}, null],
    ['is stuck', { state: 'stuck' }, 'It is stuck: decide on that first.'],
    ['is dead', { state: 'stuck', engineEnd: 'Terminated' }, null],
    [
      'has passed its point of no return',
      { pointOfNoReturn: 'the data is about to be destroyed' },
      'There is no way back: the data is about to be destroyed.',
    ],
    ['is cancelled already', { cancelRequested: { by: 'ops', reason: 'twice' } }, 'ops has asked for it already.'],
    ['is being taken back', { state: 'unwinding' }, 'It is being taken back already.'],
  ])('when it %s', (_name, change, reason) =>
    expect(cancelBlocked({ family: [saga('root', null, 0, change)] })).toBe(reason),
  );
});

describe('a saga that died in the engine', () => {
  it('is taken back with its whole story, or alone where that is over', () => {
    const dead = saga('part', 'root', 2, { state: 'stuck', engineEnd: 'gone' });
    expect(cancelTarget({ ...dead, family: [saga('root', null, 0), dead] })).toBe('root');
    expect(cancelTarget({ ...dead, family: [saga('root', null, 0, { state: 'failed', endedAt: at(9) }), dead] })).toBe(
      'part',
    );
  });

  it.each([
    [null, [null, null, null]],
    ['Failed', [null, 'Its instance in the engine is over: it cannot go on.', null]],
    [
      'Terminated',
      [
        'Its instance in the engine is over: there is nothing to try again.',
        'Its instance in the engine is over: it cannot go on.',
        null,
      ],
    ],
  ] as const)('as %s, can be told only what somebody is there to hear', (engineEnd, blocked) => {
    expect((['retry', 'resume', 'terminate'] as const).map((verb) => decisionBlocked({ engineEnd }, verb))).toEqual(
      blocked,
    );
  });
});
