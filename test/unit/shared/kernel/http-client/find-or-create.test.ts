import { describe, expect, it, jest } from '@jest/globals';
import { CallFailed, type Failure } from '../../../../../shared/kernel/http-client/failure.ts';
import { findOrCreate } from '../../../../../shared/kernel/http-client/find-or-create.ts';

const failed = (failure: Failure) =>
  new CallFailed({ system: 'lab', method: 'POST', path: 'things', failure, detail: 'for the test' });
/** Answers in turn what each look finds. */
const looks = (...found: (string | undefined)[]) => jest.fn(async () => found.shift());

describe('creating once', () => {
  it('creates nothing where there is one already', async () => {
    const create = jest.fn(async () => 'new');
    await expect(findOrCreate(looks('old'), create)).resolves.toBe('old');
    expect(create).not.toHaveBeenCalled();
  });

  it.each<Failure>(['unknownOutcome', 'unexpectedAnswer', 'invalid', 'conflict', 'transient'])(
    'finds what was made although the answer was %s',
    async (failure) => {
      await expect(findOrCreate(looks(undefined, 'made'), async () => Promise.reject(failed(failure)))).resolves.toBe(
        'made',
      );
    },
  );

  it('rethrows where there is still nothing, and never creates a second time', async () => {
    const create = jest.fn(async (): Promise<string> => Promise.reject(failed('unknownOutcome')));
    await expect(findOrCreate(looks(undefined, undefined), create)).rejects.toMatchObject({
      failure: 'unknownOutcome',
    });
    expect(create).toHaveBeenCalledTimes(1);
  });

  it('does not look again where it was not let in', async () => {
    const find = looks(undefined, 'somebody else');
    await expect(findOrCreate(find, async () => Promise.reject(failed('auth')))).rejects.toMatchObject({
      failure: 'auth',
    });
    expect(find).toHaveBeenCalledTimes(1);
  });
});
