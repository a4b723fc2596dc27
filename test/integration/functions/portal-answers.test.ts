import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { keepAnswers, keptAnswers, keptStories } from '../../kit/kept-answers.ts';
import { answersOf, howToRecord, storyNames } from '../../kit/portal-answers.ts';
import { aTestPlatform, type TestPlatform } from '../../kit/test-platform.ts';

/**
 * What the portal's unit tests read was answered by the platform itself, in virtual time. With RECORD_ANSWERS=1 this
 * test records it anew; otherwise the platform has to answer today as it was recorded.
 */
const isRecording = process.env['RECORD_ANSWERS'] === '1';

let w: TestPlatform;
beforeEach(async () => {
  w = await aTestPlatform();
});
afterEach(() => w.close());

it.each(storyNames)('the platform still answers what the portal’s tests read: %s', async (name) => {
  const fresh = await answersOf(w, name);
  if (isRecording) keepAnswers(name, fresh);
  try {
    expect(fresh).toEqual(keptAnswers(name));
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${howToRecord}`, { cause: error });
  }
});

it('keeps no answer of a story that is not told any more', () => {
  expect(keptStories().sort()).toEqual([...storyNames].sort());
});
