import { describe, expect, it } from '@jest/globals';
import { entryWords } from '../../../../portal/src/orders/parts/entry-words.ts';

const entry = (kind: string, step: string | null, text: string, attempt: number | null = 1) =>
  entryWords({ kind, step, text, attempt });

describe('an entry of a story', () => {
  it('names the step that was done, which the journal says beside the text', () => {
    expect(entry('done', 'reserve-inventory', 'done')).toEqual({ title: 'Reserve inventory', said: 'Done' });
  });

  it("does not name the step twice where a tenant's text begins with it", () => {
    expect(entry('waiting', 'await-ship-notice', 'Await ship notice: waiting for dell to ship PO-1', null)).toEqual({
      title: 'Await ship notice',
      said: 'Waiting for dell to ship PO-1',
    });
    expect(entry('done', 'issue-bmc-access', 'Issue bmc access: done')).toEqual({
      title: 'Issue BMC access',
      said: 'Done',
    });
  });

  it('counts attempts from the second on', () => {
    expect(entry('failed', 'request-quote', 'the desk answered 500', 3).said).toBe('The desk answered 500, attempt 3');
  });

  it('is a sentence where it is about the story as a whole', () => {
    expect(entry('began', null, 'fulfill-order began', null)).toEqual({ title: 'Fulfill order began', said: '' });
  });
});
