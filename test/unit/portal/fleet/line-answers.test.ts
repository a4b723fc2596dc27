import { describe, expect, it } from '@jest/globals';
import {
  answersOf,
  inShort,
  keepDraft,
  readDraft,
  unanswered,
  type Draft,
} from '../../../../portal/src/fleet/forms/line-answers.ts';

const task = {
  lines: [
    { id: 'fnd_1', text: 'cable, NIC 1: expected …', place: 'NIC 1' },
    { id: 'fnd_2', text: 'Look into slot 3' },
  ],
};

describe("what became of a task's lines", () => {
  it.each<[string, Draft, string | null]>([
    ['of none yet', {}, 'Say for 2 lines what became of it.'],
    [
      'of all but one',
      { fnd_1: { outcome: 'fixed', note: '' } },
      'Still to be answered: say for “Look into slot 3” what became of it.',
    ],
    [
      'of all, but not why one was left',
      { fnd_1: { outcome: 'not-fixed', note: ' ' }, fnd_2: { outcome: 'fixed', note: '' } },
      'Say why “NIC 1” could not be fixed.',
    ],
    [
      'of all',
      { fnd_1: { outcome: 'not-fixed', note: 'no spare' }, fnd_2: { outcome: 'nothing-wrong', note: '' } },
      null,
    ],
  ])('is known %s', (_how, draft, why) => expect(unanswered(task, draft)).toBe(why));

  it('needs nothing where the task has no lines', () => expect(unanswered({ lines: [] }, {})).toBeNull());

  it('is sent with notes that say something, and without answers to lines the task has no more', () => {
    const draft: Draft = {
      fnd_1: { outcome: 'not-fixed', note: ' no spare ' },
      fnd_2: { outcome: 'fixed', note: ' ' },
      gone: { outcome: 'fixed', note: '' },
    };
    expect(answersOf(task, draft)).toEqual([
      { line: 'fnd_1', outcome: 'not-fixed', note: 'no spare' },
      { line: 'fnd_2', outcome: 'fixed' },
    ]);
    expect(inShort(answersOf(task, draft))).toBe('1 fixed, 1 could not fix');
  });

  it('outlives a reload of the page, and a browser that keeps nothing', () => {
    const kept = new Map<string, string>();
    const tab = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => {
        kept.set(key, value);
      },
    };
    keepDraft('tsk_1', { fnd_1: { outcome: 'fixed', note: 'was loose' } }, tab);
    expect(readDraft('tsk_1', tab)).toEqual({ fnd_1: { outcome: 'fixed', note: 'was loose' } });
    expect(readDraft('tsk_2', tab)).toEqual({});
    kept.set('answers/tsk_2', '{"fnd_1":"of an older portal"}');
    expect(readDraft('tsk_2', tab)).toEqual({});
    const full = {
      getItem: () => {
        throw new Error('denied');
      },
      setItem: () => {
        throw new Error('quota');
      },
    };
    keepDraft('tsk_1', {}, full);
    expect(readDraft('tsk_1', full)).toEqual({});
  });
});
