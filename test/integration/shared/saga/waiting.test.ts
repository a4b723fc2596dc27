import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { minutes, seconds } from '../../../../shared/kernel/durations.ts';
import { defineSaga } from '../../../../shared/saga/define-saga.ts';
import { nothing, pending, refused, step } from '../../../../shared/saga/step.ts';
import { wakeEvent } from '../../../../shared/saga/wire.ts';
import { aStage, fails, Input, Script, type Act, type Stage, ofNothing } from './kit.ts';

const script = new Script();
const order = script.step('order');
const build = script.step('build', { atMost: minutes(30), retry: { attempts: 3, firstSeconds: 1, longestSeconds: 1 } });
const ask = script.step('ask');

const heat = step({
  name: 'heat',
  input: Input,
  output: z.object({ degrees: z.number() }),
  ticket: z.object({ degrees: z.number().max(90) }),
  run: async (_input, _deps, { ticket = { degrees: 20 } }) =>
    ticket.degrees >= 80
      ? { degrees: ticket.degrees }
      : pending({ ticket: { degrees: ticket.degrees + 30 }, pollAfterSeconds: 60 }),
  undo: nothing('heat goes by itself'),
});
const heating = defineSaga({
  name: 'heating',
  input: Input,
  about: ofNothing,
  *story(saga) {
    return yield* saga.step(heat, {});
  },
});
const building = defineSaga({
  name: 'building',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(order, {});
    return yield* saga.step(build, {});
  },
});
const asking = defineSaga({
  name: 'asking',
  input: Input,
  about: ofNothing,
  *story(saga) {
    const said = yield* saga.waitFor(ask, {}, { atMost: minutes(10) });
    if (said === 'too-late') return { said: 'nothing' };
    yield* saga.step(order, {});
    return said;
  },
});
const askingTwice = defineSaga({
  name: 'asking-twice',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.waitFor(ask, {}, { atMost: minutes(10) });
    return yield* saga.step(build, {});
  },
});

let stage: Stage;
beforeAll(async () => {
  stage = await aStage({ sagas: [building, asking, askingTwice, heating], steps: [order, build, ask, heat] });
});
beforeEach(() => script.forget());
afterAll(() => stage.close());

const waits =
  (ticket: string, pollAfterSeconds: number): Act =>
  () =>
    pending({ ticket, pollAfterSeconds, waitingFor: 'the builders' });
/** Notes when each call comes and with which ticket; the given acts say what is answered. */
function noting(name: string, ...acts: Act[]): { at: number; ticket: string | undefined }[] {
  const calls: { at: number; ticket: string | undefined }[] = [];
  script.on(
    name,
    ...acts.map((act): Act => (context) => {
      calls.push({ at: stage.time.now(), ticket: context.ticket });
      return act(context);
    }),
  );
  return calls;
}
const waitedSeconds = (calls: { at: number }[]) =>
  calls.slice(1).map(({ at }, index) => Math.round((at - (calls[index]?.at ?? 0)) / 1000));

describe('a step that answers pending', () => {
  it('is asked again after its pause, with the ticket it left, until it is done', async () => {
    const calls = noting('build', waits('walls', 60), waits('roof', 300), () => ({ rooms: 3 }));
    expect(await stage.run(building, 'house')).toMatchObject({ outcome: 'done', output: { rooms: 3 } });
    expect(calls.map(({ ticket }) => ticket)).toEqual([undefined, 'walls', 'roof']);
    expect(waitedSeconds(calls)).toEqual([60, 300]);
    expect(await stage.step('building-house', 'build#2')).toMatchObject({ state: 'done', attempts: 1 });
  });

  it('shows for what and until when the saga waits, and shows it no longer afterwards', async () => {
    script.on('build', waits('walls', 60), () => ({}));
    const id = await stage.start(building, 'shown', {});
    const { waitingFor, waitingUntil, startedAt } = await stage.until(id, 'waiting');
    expect({ waitingFor, until: Date.parse(waitingUntil ?? '') - Date.parse(startedAt) }).toEqual({
      waitingFor: 'the builders',
      until: minutes(30),
    });
    await stage.endOf(id);
    expect(await stage.row(id)).toMatchObject({ state: 'done', waitingFor: null, waitingUntil: null });
  });

  it('says in the timeline once that it waits, however often it is asked', async () => {
    script.on('build', waits('walls', 1), waits('walls', 1), waits('walls', 1), () => ({}));
    await stage.run(building, 'told-once');
    expect(await stage.timeline('building-told-once')).toEqual([
      'began',
      'done order',
      'waiting build',
      'done build',
      'done',
    ]);
  });

  it('that refuses after all has itself taken back too', async () => {
    script.on('build', waits('walls', 60), () => refused('the ground is wet'));
    expect(await stage.run(building, 'wet')).toMatchObject({ outcome: 'failed', reason: 'the ground is wet' });
    expect(script.deeds).toEqual(['order', 'build', 'build', 'un-build', 'un-order']);
  });

  it('has failed when its time is over, after one last look at that very moment', async () => {
    const calls = noting('build', waits('walls', 1700));
    expect(await stage.run(building, 'slow')).toEqual({
      outcome: 'failed',
      code: 'build.too-late',
      reason: 'build was not done within 30 minutes',
    });
    expect(waitedSeconds(calls)).toEqual([1700, 100]);
    expect(script.deeds.slice(-2)).toEqual(['un-build', 'un-order']);
  });

  it('goes on from its ticket when asking once more fails, instead of beginning again', async () => {
    const calls = noting('build', waits('walls', 60), fails('the builders do not pick up'), () => ({}));
    await stage.run(building, 'no-answer');
    expect(calls.map(({ ticket }) => ticket)).toEqual([undefined, 'walls', 'walls']);
  });

  it('goes on from what it had begun when the answer that held the ticket was lost', async () => {
    const calls = noting('build', waits('walls', 60), () => ({}));
    let losses = 1;
    stage.intercept(async (call, run) => {
      const answer = await run();
      if (call.name === 'build' && losses-- > 0) throw new Error('the process died');
      return answer;
    });
    await stage.run(building, 'lost-ticket');
    stage.intercept(undefined);
    expect(calls.map(({ ticket }) => ticket)).toEqual([undefined, 'walls']);
  });

  it('begins anew after a refusal: what was refused is not under way', async () => {
    const calls = noting(
      'build',
      waits('walls', 60),
      () => refused('wet'),
      () => ({}),
    );
    let losses = 1;
    stage.intercept(async (call, run) => {
      const answer = await run();
      if (call.name === 'build' && answer?.includes('refused') && losses-- > 0) throw new Error('the process died');
      return answer;
    });
    // The poll is repeated with the ticket the saga knows; a new call would not find it any more.
    await stage.run(building, 'refused-ticket');
    stage.intercept(undefined);
    expect(calls.map(({ ticket }) => ticket)).toEqual([undefined, 'walls', 'walls']);
    expect((await stage.step('building-refused-ticket', 'build#2')).detail['ticket']).toBeNull();
  });
});

describe('an undo that answers pending', () => {
  it('is waited for, with its own ticket, before the next undo begins', async () => {
    script.on('build', () => refused('wet'));
    const calls = noting('un-build', waits('rubble', 60), () => undefined);
    await stage.run(building, 'rubble');
    expect(script.deeds).toEqual(['order', 'build', 'un-build', 'un-build', 'un-order']);
    expect({ waited: waitedSeconds(calls), tickets: calls.map(({ ticket }) => ticket) }).toEqual({
      waited: [60],
      tickets: [undefined, 'rubble'],
    });
  });

  it('goes on from what it had begun when the answer that held the ticket was lost', async () => {
    script.on('build', () => refused('wet'));
    const calls = noting('un-build', waits('rubble', 60), () => undefined);
    let losses = 1;
    stage.intercept(async (call, run) => {
      const answer = await run();
      if (call.name === 'un-build' && losses-- > 0) throw new Error('the process died');
      return answer;
    });
    await stage.run(building, 'lost-undo-ticket');
    stage.intercept(undefined);
    expect(calls.map(({ ticket }) => ticket)).toEqual([undefined, 'rubble']);
  });

  it('is stuck when it is refused, and begins anew when a person has it tried again', async () => {
    script.on('build', () => refused('wet'));
    const calls = noting(
      'un-build',
      waits('rubble', 60),
      ...Array.from({ length: 5 }, () => () => refused('the lorry is broken')),
      () => undefined,
    );
    const id = await stage.start(building, 'refused-undo', {});
    expect((await stage.until(id, 'stuck')).held).toMatchObject({ step: 'un-build', reason: 'the lorry is broken' });
    await stage.sagas.decide(id, { verb: 'retry', by: 'olga', reason: 'another lorry is there' });
    await stage.endOf(id);
    expect(calls.map(({ ticket }) => ticket)).toEqual([
      undefined,
      'rubble',
      'rubble',
      'rubble',
      'rubble',
      'rubble',
      undefined,
    ]);
    expect(script.deeds.at(-1)).toBe('un-order');
  });

  it('does not take the ticket of the step for its own', async () => {
    script.on('build', waits('walls', 60), () => refused('wet'));
    const calls = noting('un-build', () => undefined);
    await stage.run(building, 'other-ticket');
    expect(calls.map(({ ticket }) => ticket)).toEqual([undefined]);
  });

  it('is woken like a step', async () => {
    script.on('build', () => refused('wet'));
    const calls = noting('un-build', waits('rubble', 3600), () => undefined);
    const id = await stage.start(building, 'undo-woken', {});
    await stage.engine.runUntil(() => calls.length === 1);
    await stage.time.advance(seconds(10));
    await stage.sagas.wake(id);
    await stage.endOf(id);
    expect(waitedSeconds(calls)).toEqual([10]);
  });
});

describe('a wake', () => {
  it('has the step asked again at once', async () => {
    const calls = noting('build', waits('walls', 600), () => ({}));
    const id = await stage.start(building, 'woken', {});
    await stage.until(id, 'waiting');
    await stage.time.advance(seconds(7));
    await stage.sagas.wake(id);
    await stage.endOf(id);
    expect(waitedSeconds(calls)).toEqual([7]);
  });

  it('that comes while the step is still being asked is not lost', async () => {
    const calls = noting(
      'build',
      async () => {
        await stage.sagas.wake('building-early');
        return pending({ ticket: 'walls', pollAfterSeconds: 600 });
      },
      () => ({}),
    );
    await stage.run(building, 'early');
    expect(waitedSeconds(calls)).toEqual([0]);
  });

  it('that was meant for an earlier wait does not shorten a later one', async () => {
    const calls = noting('build', waits('walls', 60), waits('roof', 60), () => ({}));
    const id = await stage.start(building, 'stale', {});
    await stage.until(id, 'waiting');
    const { wake } = (await stage.db.maybe(z.object({ wake: z.number() }), 'SELECT wake FROM saga WHERE id = $1', [
      id,
    ])) ?? { wake: 0 };
    await stage.engine.runUntil(() => calls.length === 2);
    await stage.engine.client.raiseEvent(id, wakeEvent(wake), '{}');
    await stage.endOf(id);
    expect(waitedSeconds(calls)).toEqual([60, 60]);
  });

  it('that is lost only makes it later', async () => {
    const calls = noting('build', waits('walls', 600), () => ({}));
    expect(await stage.run(building, 'never')).toMatchObject({ outcome: 'done' });
    expect(waitedSeconds(calls)).toEqual([600]);
  });

  it('of a saga that has ended, or that never was, is no error', async () => {
    await stage.run(building, 'over');
    await stage.sagas.wake('building-over');
    await stage.sagas.wake('building-that-never-was');
  });
});

describe('a wait with an end', () => {
  it('answers what came within it', async () => {
    script.on('ask', waits('question', 60), () => ({ said: 'yes' }));
    expect(await stage.run(asking, 'answered')).toMatchObject({ outcome: 'done', output: { said: 'yes' } });
  });

  it('is a branch of the story when nothing came: no failure, nothing taken back', async () => {
    const calls = noting('ask', waits('question', 240));
    expect(await stage.run(asking, 'silence')).toMatchObject({ outcome: 'done', output: { said: 'nothing' } });
    expect(waitedSeconds(calls)).toEqual([240, 240, 120]);
    expect(script.deeds).toEqual(['ask', 'ask', 'ask', 'ask']);
  });

  it('still takes what comes in its last moment', async () => {
    script.on('ask', waits('question', 3600), () => ({ said: 'at last' }));
    expect(await stage.run(asking, 'last-moment')).toMatchObject({ output: { said: 'at last' } });
  });

  it('does not go on saying that it waits once the story has gone on', async () => {
    script.on('ask', waits('question', 3600));
    script.on('build', waits('walls', 60));
    const id = await stage.start(askingTwice, 'gone-on', {});
    await stage.engine.runUntil(async () => (await stage.timeline(id)).includes('waiting build'));
    expect(await stage.step(id, 'ask#1')).toMatchObject({
      state: 'failed',
      detail: { text: 'still waiting for the builders when its time was up' },
    });
    expect(await stage.step(id, 'build#2')).toMatchObject({ state: 'waiting' });
  });

  it('that fails its story later takes back what it may have begun', async () => {
    script.on('ask', waits('question', 3600));
    script.on('build', () => refused('wet'));
    await stage.run(askingTwice, 'taken-back');
    expect(script.deeds.slice(-2)).toEqual(['un-build', 'un-ask']);
  });
});

describe('a run in virtual time', () => {
  it('ends where a saga is stuck and nobody decides, and says which and at which step', async () => {
    script.on('build', () => refused('wet'));
    script.on('un-order', fails('the shop does not take it back'));
    await expect(stage.run(building, 'stalled')).rejects.toThrow(
      /'building-stalled' makes no progress.*after 'un-order'/,
    );
  });
});

describe('the ticket of a step', () => {
  it('comes back as its schema says, from call to call', async () => {
    expect(await stage.run(heating, 'typed')).toMatchObject({ outcome: 'done', output: { degrees: 80 } });
  });

  it('that is not what its schema says fails the step, and names it', async () => {
    const id = await stage.start(heating, 'spoiled', {});
    await stage.until(id, 'waiting');
    await stage.db.run(
      'UPDATE saga_step SET detail = detail || \'{"ticket": "{\\"degrees\\": 5000}"}\' WHERE saga_id = $1',
      [id],
    );
    expect(await stage.endOf(id)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('ticket of step heat'),
    });
  });
});
