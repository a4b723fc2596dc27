import { describe, expect, it } from '@jest/globals';
import { inWords, mayPass, noAnswer, ProblemError } from '../../../../portal/src/api/problem.ts';
import { AppError } from '../../../../shared/kernel/errors/app-error.ts';
import { toProblem } from '../../../../shared/kernel/errors/problem.ts';

describe('what went wrong, for people', () => {
  it("is the platform's own sentence with the id to quote", () => {
    const problem = toProblem(
      new AppError({ code: 'task.taken', kind: 'conflict', publicMessage: 'Tilda is already at it.' }),
      'abc123',
    );
    expect(inWords(new ProblemError(problem))).toEqual({
      title: 'The present state does not allow this',
      sentence: 'Tilda is already at it.',
      traceId: 'abc123',
    });
  });

  it('says what to do when nothing answers', () => {
    expect(inWords(noAnswer(new TypeError('fetch failed')))).toEqual({
      title: 'The platform does not answer',
      sentence: 'Check your connection. What you entered is still here; try again.',
      traceId: undefined,
    });
  });

  it('stays a sentence when a proxy answers without saying why', () => {
    expect(inWords(new ProblemError({ status: 502 })).sentence).toBe(
      'The platform answered with status 502 and did not say why. Try again; if it stays, tell the operations team.',
    );
  });

  it.each([
    [0, true],
    [429, true],
    [500, true],
    [503, true],
    [400, false],
    [401, false],
    [403, false],
    [404, false],
    [409, false],
  ])('offers to try again after status %i: %s', (status, may) => {
    expect(mayPass(new ProblemError({ status }))).toBe(may);
  });
});
