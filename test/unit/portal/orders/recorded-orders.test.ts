import { describe, expect, it } from '@jest/globals';
import { entryWords } from '../../../../portal/src/orders/parts/entry-words.ts';
import { keptAnswer, keptStories } from '../../../kit/kept-answers.ts';

const timelineOf = (story: string) => keptAnswer(story, 'GET /v1/orders/{id}/timeline', 'tenant');
const partsOf = (story: string) =>
  timelineOf(story).phases.map(({ name, state, waitingFor }) => [name, state, ...waitingFor].join(', '));

describe('an order as the platform told it to its tenant', () => {
  it('waits for an approver while the purchase is to be decided', () => {
    expect(partsOf('order-waiting-for-approval').slice(0, 4)).toEqual([
      'Reserve from stock, done',
      'Request quotes, done',
      'Approve the purchase, current, an approver',
      'Track the shipment, next',
    ]);
  });

  it('is not on its way any more when it was cancelled: it waits for operations where its undo is stuck', () => {
    expect(partsOf('order-stuck-while-taken-back').slice(0, 5)).toEqual([
      'Reserve from stock, to-take-back',
      'Request quotes, to-take-back',
      'Approve the purchase, taking-back, our operations team',
      'Track the shipment, taken-back',
      'Receive the goods, not-needed',
    ]);
  });

  it('is done in every part when it is fulfilled', () => {
    expect(timelineOf('order-fulfilled').phases.map(({ state }) => state)).toEqual(
      Array.from({ length: 7 }, () => 'done'),
    );
    expect(keptAnswer('order-fulfilled', 'GET /v1/orders/{id}', 'tenant').servers).toMatchObject([
      { state: 'IN_SERVICE' },
    ]);
  });

  it.each(keptStories())('says nothing of our steps, tools and machines: %s', (story) => {
    const { phases, entries } = timelineOf(story);
    const said = [
      ...phases.flatMap(({ waitingFor }) => waitingFor),
      ...entries.map((entry) => entryWords(entry).title),
    ];
    expect(said.length).toBeGreaterThan(0);
    const ours =
      /openmanage|oneview|\bdell\b|\bhpe\b|bmc|[0-9a-f]{2}(:[0-9a-f]{2}){5}|playbook|PO-|\b[a-z]+-[a-z]+-[a-z]+\b/i;
    // People are named by their sign-in; a datacenter by its id.
    expect(said.map((text) => text.replace(/\S+@\S+|dc-[a-z]+-\d+/g, '')).filter((text) => ours.test(text))).toEqual(
      [],
    );
  });
});
