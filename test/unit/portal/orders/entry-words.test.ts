import { describe, expect, it } from '@jest/globals';
import { entryWords } from '../../../../portal/src/orders/parts/entry-words.ts';

const entry = (kind: string, step: string | null, text: string, attempt: number | null = 1) =>
  entryWords({ kind, step, text, attempt });

describe('an entry of a story', () => {
  it('names the step that was done, which the journal says beside the text', () => {
    expect(entry('done', 'reserve-inventory', 'done')).toEqual({ title: 'Reserve inventory', said: 'Done' });
  });

  it('is what a tenant is told, which names no step', () => {
    expect(entry('waiting', null, 'Waiting for the vendor to ship', null)).toEqual({
      title: 'Waiting for the vendor to ship',
      said: '',
    });
  });

  it('counts attempts from the second on', () => {
    expect(entry('failed', 'request-quote', 'the desk answered 500', 3).said).toBe('The desk answered 500, attempt 3');
  });

  it('is a sentence where it is about the story as a whole', () => {
    expect(entry('began', null, 'fulfill-order began', null)).toEqual({ title: 'Fulfill order began', said: '' });
  });
});
