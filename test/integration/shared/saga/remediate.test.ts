import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { timelineOf } from '../../../../shared/domain/sagas/sagas.db.ts';
import { Trouble } from '../../../../shared/facts/trouble.ts';
import { defineSaga, type Flow, type Saga } from '../../../../shared/saga/define-saga.ts';
import { checkAgain, remediate, type CheckResult, type Remedy } from '../../../../shared/saga/remediate.ts';
import { journalActivity } from '../../../../shared/saga/wire.ts';
import { aStage, fails, Input, Script, type Stage, ofNothing } from './kit.ts';

const script = new Script();
const [look, kick, call] = [script.step('look'), script.step('kick'), script.step('call')];

function* looked(saga: Saga): Flow<CheckResult<unknown>> {
  const answer = yield* saga.step(look, {});
  const trouble = Trouble.safeParse(answer['trouble']);
  return trouble.success ? { trouble: trouble.data } : { ok: answer };
}
const kicking = (saga: Saga): Remedy => ({
  name: 'it is kicked',
  helps: ['jams'],
  times: 2,
  use: function* () {
    yield* saga.step(kick, {});
    return undefined;
  },
});
const calling = (saga: Saga): Remedy => ({
  name: 'somebody is called',
  use: function* () {
    return String((yield* saga.step(call, {}))['said']);
  },
});
const asked: { last: string | undefined; attempt: number }[] = [];
const mending = defineSaga({
  name: 'mending',
  input: Input,
  about: ofNothing,
  *story(saga) {
    const end = yield* remediate(saga, {
      check: ({ last, attempt }) => {
        asked.push({ last: last?.name, attempt });
        return looked(saga);
      },
      remedies: [{ name: 'nothing is done', helps: ['sulks'], use: checkAgain }, kicking(saga), calling(saga)],
    });
    if ('ok' in end) return { tried: [...end.tried] };
    return saga.fail('mending.failed', `${end.trouble.reason}; tried: ${end.tried.join(', ')}`);
  },
});

let stage: Stage;
beforeAll(async () => {
  stage = await aStage({ sagas: [mending], steps: [look, kick, call] });
});
beforeEach(() => {
  script.forget();
  asked.splice(0);
  stage.intercept(undefined);
});
afterAll(() => stage.close());

const trouble = (kind: string) => () => ({ trouble: { kind, reason: `it ${kind}` } });
const well = () => ({ answer: 42 });
const reported = async (id: string) =>
  (await timelineOf(stage.db, { sagaId: id, limit: 100 }))
    .filter(({ kind }) => kind === 'told')
    .map(({ text }) => text);

describe('remedies', () => {
  it('are not used where nothing is wrong, and nothing is told', async () => {
    script.on('look', well);
    expect(await stage.run(mending, 'well')).toMatchObject({ outcome: 'done', output: { tried: [] } });
    expect(script.deeds).toEqual(['look']);
    expect(await reported('mending-well')).toEqual([]);
  });

  it('are used one by one, with a check after each, as far as it takes', async () => {
    script.on('look', trouble('jams'), trouble('jams'), trouble('jams'), well);
    script.on('call', () => ({ said: 'the plug was out' }));
    expect(await stage.run(mending, 'one-by-one')).toMatchObject({
      outcome: 'done',
      output: { tried: ['it is kicked', 'it is kicked', 'somebody is called: the plug was out'] },
    });
    expect(script.deeds).toEqual(['look', 'kick', 'look', 'kick', 'look', 'call', 'look']);
    expect(await reported('mending-one-by-one')).toEqual([
      'it jams: it is kicked (remedy 1)',
      'it jams: it is kicked (remedy 2)',
      'it jams: somebody is called (remedy 3)',
      'well again, after 3 remedies: it is kicked; it is kicked; somebody is called: the plug was out',
    ]);
  });

  it('leaves out what cannot help with this trouble, and turns to what can when the trouble changes', async () => {
    script.on('look', trouble('sulks'), trouble('jams'), trouble('burns'), well);
    script.on('call', () => ({ said: 'done' }));
    await stage.run(mending, 'changing');
    expect(script.deeds).toEqual(['look', 'look', 'kick', 'look', 'call', 'look']);
  });

  it('has an end, and says what was tried', async () => {
    script.on('look', trouble('burns'));
    script.on('call', () => ({ said: 'too hot' }));
    expect(await stage.run(mending, 'end')).toMatchObject({
      outcome: 'failed',
      code: 'mending.failed',
      reason: 'it burns; tried: somebody is called: too hot',
    });
    expect(await reported('mending-end')).toEqual([
      'it burns: somebody is called (remedy 1)',
      'it burns; nothing is left to try after 1 remedy: somebody is called: too hot',
    ]);
  });

  it('tells each look which remedy came before it, and how often was looked', async () => {
    script.on('look', trouble('jams'), trouble('sulks'), well);
    await stage.run(mending, 'telling');
    const unique = [...new Map(asked.map((each) => [each.attempt, each])).values()];
    expect(unique).toEqual([
      { last: undefined, attempt: 1 },
      { last: 'it is kicked', attempt: 2 },
      { last: 'nothing is done', attempt: 3 },
    ]);
  });

  it('takes everything back when a remedy itself cannot be done', async () => {
    script.on('look', trouble('jams'));
    script.on('kick', fails('no foot'));
    expect(await stage.run(mending, 'broken')).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('no foot'),
    });
    expect(script.deeds.slice(-2)).toEqual(['un-kick', 'un-look']);
  });

  it('writes each line once, also when the answer of writing it is lost', async () => {
    script.on('look', trouble('jams'), well);
    let lost = 0;
    stage.intercept(async ({ name, input }, go) => {
      const answer = await go();
      if (name === journalActivity && (input ?? '').includes('"told"') && lost++ === 0)
        throw new Error('the answer was lost');
      return answer;
    });
    await stage.run(mending, 'once');
    expect(lost).toBeGreaterThan(1);
    expect(await reported('mending-once')).toEqual([
      'it jams: it is kicked (remedy 1)',
      'well again, after 1 remedy: it is kicked',
    ]);
  });
});
