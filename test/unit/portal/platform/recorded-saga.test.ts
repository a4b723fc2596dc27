import { describe, expect, it } from '@jest/globals';
import { cancelBlocked, heldStep, stuckIn, treeOf } from '../../../../portal/src/platform/parts/saga-parts.ts';
import { keptAnswer } from '../../../kit/kept-answers.ts';

describe('a stuck saga as the platform told it to operations', () => {
  const saga = keptAnswer('order-stuck-while-taken-back', 'GET /v1/sagas/{id}', 'ops');

  it('is stuck itself, at the undo that does not work', () => {
    expect(stuckIn(saga).map(({ held }) => held?.step)).toEqual(['cancel-purchase']);
  });

  it('holds what it has done, the next to be taken back first', () => {
    expect(saga.held?.steps.map(heldStep)).toEqual([
      'place-purchase',
      'request-approval',
      'request-quote',
      'request-quote',
      'plan-purchase',
    ]);
  });

  it('has its steps in the order they began, and cannot be cancelled twice', () => {
    expect(
      treeOf(saga)
        .children.slice(0, 3)
        .map(({ step }) => step?.step),
    ).toEqual(['plan-purchase', 'request-quote', 'request-quote']);
    expect(cancelBlocked(saga)).toBe('tenant-admin@acme.example has asked for it already.');
  });
});
