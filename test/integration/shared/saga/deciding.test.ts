import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { hours, minutes } from '../../../../shared/kernel/durations.ts';
import { defineSaga } from '../../../../shared/saga/define-saga.ts';
import { pending, refused } from '../../../../shared/saga/step.ts';
import { journalActivity } from '../../../../shared/saga/wire.ts';
import { aStage, fails, Input, Script, type Stage, ofNothing } from './kit.ts';

const script = new Script();
const reserve = script.step('reserve');
const erase = script.step('erase', { retry: { attempts: 2, firstSeconds: 1, longestSeconds: 1 } });
const flash = script.step('flash', { isInterruptible: false, atMost: minutes(60) });
const hand = script.step('hand');

const delivering = defineSaga({
  name: 'delivering',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(reserve, {});
    saga.pointOfNoReturn('the keys are handed over');
    yield* saga.step(hand, {});
    yield* saga.step(erase, {});
    return { ok: true };
  },
});
const preparing = defineSaga({
  name: 'preparing',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(reserve, {});
    yield* saga.step(flash, {});
    yield* saga.step(hand, {});
    return {};
  },
});
const broken = defineSaga({
  name: 'broken',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(reserve, {});
    saga.pointOfNoReturn('the keys are handed over');
    throw new TypeError('a mistake in the story');
  },
});

const unit = defineSaga({
  name: 'unit',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(erase, {});
    yield* saga.step(flash, {});
    return {};
  },
});
const oneUnit = defineSaga({
  name: 'one-unit',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(reserve, {});
    yield* saga.child(unit, saga.id, {});
    return {};
  },
});
const brokenUnit = defineSaga({
  name: 'broken-unit',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(reserve, {});
    yield* saga.child(broken, saga.id, {});
    return {};
  },
});
const handing = defineSaga({
  name: 'handing',
  input: Input,
  about: ofNothing,
  *story(saga, { about }) {
    yield* saga.step(reserve, { about });
    yield* saga.step(flash, { about });
    if (about === 'first') saga.pointOfNoReturn('the keys are handed over');
    yield* saga.step(hand, { about });
    return { about };
  },
});
const handingAll = defineSaga({
  name: 'handing-all',
  input: Input,
  about: ofNothing,
  *story(saga) {
    return yield* saga.children(
      handing,
      ['first', 'second'].map((about) => ({ key: `${saga.id}-${about}`, input: { about } })),
      { atOnce: 3 },
    );
  },
});

let stage: Stage;
beforeAll(async () => {
  stage = await aStage({
    sagas: [delivering, preparing, broken, unit, oneUnit, brokenUnit, handing, handingAll],
    steps: [reserve, erase, flash, hand],
  });
});
beforeEach(() => script.forget());
afterAll(() => stage.close());

const ops = { by: 'olga', reason: 'looked into it' };
const events = (topic: string, subject: string) =>
  stage.db.many(
    z.object({ data: z.record(z.string(), z.unknown()) }),
    'SELECT data FROM event_log WHERE type = $1 AND subject = $2',
    [`com.rackline.${topic}`, subject],
  );

describe('a saga that fails past its point of no return', () => {
  const stuckAt = async (about: string) => {
    script.on('erase', () => refused('a drive does not answer'));
    const id = await stage.start(delivering, about, {});
    return { id, row: await stage.until(id, 'stuck') };
  };

  it('takes nothing back, and says what it is stuck at: row, event, ticket, timeline', async () => {
    const { id, row } = await stuckAt('stuck');
    expect(row).toMatchObject({
      pointOfNoReturn: 'the keys are handed over',
      waitingFor: 'ops',
      held: { step: 'erase', key: 'erase#3', reason: 'a drive does not answer', steps: [] },
    });
    expect(script.deeds).toEqual(['reserve', 'hand', 'erase']);
    expect(await events('sagas.stuck', id)).toMatchObject([
      { data: { sagaId: id, step: 'erase', reason: 'a drive does not answer' } },
    ]);
    expect(stage.tickets).toContain(`${id}/erase`);
    expect((await stage.timeline(id)).slice(-1)).toEqual(['stuck erase']);
  });

  it('tries the same step again when a person says retry, as often as it takes', async () => {
    const { id } = await stuckAt('retried');
    await stage.sagas.decide(id, { verb: 'retry', ...ops });
    await stage.engine.runUntil(() => script.deeds.length === 4);
    await stage.until(id, 'stuck');
    script.on('erase', () => ({}));
    await stage.sagas.decide(id, { verb: 'retry', ...ops });
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'done', passedNoReturn: true, held: [] });
    expect(await stage.row(id)).toMatchObject({ state: 'done', held: null });
    expect(script.deeds).toEqual(['reserve', 'hand', 'erase', 'erase', 'erase']);
  });

  it('goes on without the step when a person says skip', async () => {
    const { id } = await stuckAt('skipped');
    await stage.sagas.decide(id, { verb: 'skip', ...ops });
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'done' });
    expect((await stage.timeline(id)).slice(-2)).toEqual(['decided', 'done']);
    expect((await stage.step(id, 'erase#3')).state).toBe('skipped');
  });

  it('ends where it is when a person gives it up, with who and why, and takes nothing back', async () => {
    const { id } = await stuckAt('given-up');
    await stage.sagas.decide(id, { verb: 'give-up', ...ops });
    expect(await stage.endOf(id)).toEqual({
      outcome: 'failed',
      code: 'saga.given-up',
      reason: 'olga gave up at erase: looked into it',
    });
    expect(script.deeds).toEqual(['reserve', 'hand', 'erase']);
  });

  it('waits for a person also when a step keeps throwing, or is not done in time', async () => {
    script.on('erase', fails('a drive burns'));
    const id = await stage.start(delivering, 'throwing', {});
    expect((await stage.until(id, 'stuck')).held?.reason).toContain('a drive burns');
    script.on('erase', () => pending({ ticket: 't', pollAfterSeconds: 3600 }));
    await stage.sagas.decide(id, { verb: 'retry', ...ops });
    await stage.until(id, 'waiting');
    expect((await stage.until(id, 'stuck')).held?.reason).toContain('erase was not done within');
  });

  it('has a person told also when its story itself breaks, before it ends', async () => {
    const id = await stage.start(broken, 'x', {});
    expect((await stage.until(id, 'stuck')).held).toMatchObject({ step: 'broken', reason: 'a mistake in the story' });
    await stage.sagas.decide(id, { verb: 'give-up', ...ops });
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'failed' });
    expect(script.deeds).toEqual(['reserve']);
  });

  it('hears a decision by itself after a while when the wake was lost', async () => {
    const { id } = await stuckAt('lost-wake');
    script.on('erase', () => ({}));
    await stage.db.run('UPDATE saga SET decision = $2 WHERE id = $1', [id, JSON.stringify({ verb: 'retry', ...ops })]);
    const before = stage.time.now();
    await stage.endOf(id);
    expect(stage.time.now() - before).toBeLessThanOrEqual(hours(1));
  });

  it('keeps a decision whose reading was lost on its way back', async () => {
    const { id } = await stuckAt('lost-decision');
    script.on('erase', () => ({}));
    let losses = 0;
    stage.intercept(async (call, run) => {
      const answer = await run();
      if (call.name === journalActivity && answer?.includes('retry') && losses++ === 0)
        throw new Error('the process died');
      return answer;
    });
    await stage.sagas.decide(id, { verb: 'retry', ...ops });
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'done' });
    stage.intercept(undefined);
    expect(losses).toBe(2);
    expect((await stage.timeline(id)).filter((kind) => kind === 'decided')).toHaveLength(1);
  });

  it('takes each decision once: getting stuck again asks again', async () => {
    const { id } = await stuckAt('once');
    await stage.sagas.decide(id, { verb: 'retry', ...ops });
    await stage.engine.runUntil(() => script.deeds.filter((deed) => deed === 'erase').length === 2);
    await stage.until(id, 'stuck');
    await stage.time.advance(hours(3));
    expect(script.deeds.filter((deed) => deed === 'erase')).toHaveLength(2);
    expect((await stage.row(id)).state).toBe('stuck');
  });

  it('takes a decision only while it is stuck', async () => {
    await stage.run(preparing, 'not-stuck');
    await expect(stage.sagas.decide('preparing-not-stuck', { verb: 'retry', ...ops })).rejects.toMatchObject({
      code: 'saga.not-stuck',
      kind: 'conflict',
    });
    await expect(stage.sagas.decide('nobody', { verb: 'retry', ...ops })).rejects.toMatchObject({
      code: 'saga.unknown',
      kind: 'not-found',
    });
  });
});

describe('an undo that keeps failing', () => {
  const stuckUndo = async (about: string) => {
    script.on('hand', () => refused('nobody home'));
    script.on('un-flash', fails('the flash chip is locked'));
    const id = await stage.start(preparing, about, {});
    return { id, row: await stage.until(id, 'stuck') };
  };

  it('stops the unwinding, and says what is still held, the next to be taken back first', async () => {
    const { row } = await stuckUndo('held');
    expect(row.held).toMatchObject({
      step: 'un-flash',
      key: 'flash#2',
      reason: expect.stringContaining('locked'),
      steps: ['flash (flash#2)', 'reserve (reserve#1)'],
    });
    expect(script.deeds).toEqual([
      'reserve',
      'flash',
      'hand',
      'un-hand',
      ...Array.from({ length: 5 }, () => 'un-flash'),
    ]);
  });

  it('goes on unwinding when a retry works', async () => {
    const { id } = await stuckUndo('works');
    const states: string[] = [];
    script.on('un-flash', async () => void states.push((await stage.row(id)).state));
    await stage.sagas.decide(id, { verb: 'retry', ...ops });
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'failed', code: 'hand.refused', reason: 'nobody home' });
    expect(script.deeds.slice(-2)).toEqual(['un-flash', 'un-reserve']);
    expect(states).toEqual(['unwinding']);
  });

  it('leaves out the undo that a person skips, and takes back the rest', async () => {
    const { id } = await stuckUndo('skip');
    await stage.sagas.decide(id, { verb: 'skip', ...ops });
    await stage.endOf(id);
    expect(script.deeds.at(-1)).toBe('un-reserve');
  });

  it('ends the unwinding when a person gives it up', async () => {
    const { id } = await stuckUndo('give-up');
    await stage.sagas.decide(id, { verb: 'give-up', ...ops });
    expect(await stage.endOf(id)).toMatchObject({
      outcome: 'failed',
      reason: 'nobody home; olga gave up at un-flash: looked into it',
    });
    expect(script.deeds).not.toContain('un-reserve');
  });

  it('of a part, given up, ends the whole: what could not be erased does not go back to the shelf', async () => {
    script.on('flash', () => refused('the image is broken'));
    script.on('un-erase', fails('a drive is locked'));
    const id = await stage.start(oneUnit, 'given-up', {});
    await stage.until(`unit-${id}`, 'stuck');
    await stage.sagas.decide(`unit-${id}`, { verb: 'give-up', ...ops });
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'failed', code: 'saga.given-up' });
    expect(script.deeds).not.toContain('un-reserve');
  });
});

describe('a part that has passed its point of no return', () => {
  it('and breaks there takes nothing of the whole back', async () => {
    const id = await stage.start(brokenUnit, 'x', {});
    await stage.until(`broken-${id}`, 'stuck');
    await stage.sagas.decide(`broken-${id}`, { verb: 'skip', ...ops });
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'failed', code: 'saga.given-up' });
    expect(script.deeds.filter((deed) => deed.startsWith('un-'))).toEqual([]);
  });

  it('takes the whole past it: another failed part begins again when a person says so', async () => {
    let refusals = 1;
    script.on('flash', ({ sagaId }) =>
      sagaId.endsWith('second') && refusals-- > 0 ? refused('the image is broken') : {},
    );
    const id = await stage.start(handingAll, 'again', {});
    expect((await stage.until(id, 'stuck')).held).toMatchObject({
      step: 'handing',
      reason: 'handing: the image is broken',
    });
    await stage.sagas.decide(id, { verb: 'retry', ...ops });
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'done', output: [{ about: 'first' }, { about: 'second' }] });
    expect(script.deeds.filter((deed) => deed === 'hand')).toHaveLength(2);
  });

  it('lets the whole go on without a failed part when a person skips it', async () => {
    script.on('flash', ({ sagaId }) => (sagaId.endsWith('second') ? refused('the image is broken') : {}));
    const id = await stage.start(handingAll, 'without', {});
    await stage.until(id, 'stuck');
    await stage.sagas.decide(id, { verb: 'skip', ...ops });
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'done', output: [{ about: 'first' }] });
  });
});

describe('cancelling', () => {
  const asked = { by: 'ada', reason: 'changed her mind' };
  const waiting = async (about: string, step: string) => {
    script.on(step, () => pending({ ticket: 't', pollAfterSeconds: 600 }));
    const id = await stage.start(preparing, about, {});
    await stage.until(id, 'waiting');
    return id;
  };

  it('takes everything back at once while a step waits for something', async () => {
    const id = await waiting('while-waiting', 'hand');
    const before = stage.time.now();
    await stage.sagas.cancel(id, asked);
    expect(await stage.endOf(id)).toEqual({ outcome: 'cancelled', reason: 'ada cancelled: changed her mind' });
    expect(stage.time.now()).toBe(before);
    expect(await stage.row(id)).toMatchObject({ state: 'cancelled', endedReason: 'ada cancelled: changed her mind' });
    expect(script.deeds.slice(-3)).toEqual(['un-hand', 'un-flash', 'un-reserve']);
  });

  it('lets what must not be broken off come to its end first', async () => {
    const id = await waiting('in-a-write', 'flash');
    await stage.sagas.cancel(id, asked);
    await stage.engine.settle();
    expect(script.deeds).toEqual(['reserve', 'flash', 'flash']);
    script.on('flash', () => ({}));
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'cancelled' });
    expect(script.deeds).toEqual(['reserve', 'flash', 'flash', 'flash', 'un-hand', 'un-flash', 'un-reserve']);
  });

  it('lets it come to its end also when the answer that it had begun was lost', async () => {
    script.on(
      'flash',
      () => pending({ ticket: 't', pollAfterSeconds: 600 }),
      () => ({}),
    );
    let losses = 1;
    stage.intercept(async (call, run) => {
      const answer = await run();
      if (call.name !== 'flash' || losses-- <= 0) return answer;
      await stage.sagas.cancel('preparing-lost', asked);
      throw new Error('the process died');
    });
    expect(await stage.run(preparing, 'lost')).toMatchObject({ outcome: 'cancelled' });
    stage.intercept(undefined);
    expect(script.deeds).toEqual(['reserve', 'flash', 'flash', 'un-hand', 'un-flash', 'un-reserve']);
  });

  it('between two steps keeps the next one from running', async () => {
    script.on('reserve', () => stage.sagas.cancel('preparing-between', asked));
    expect(await stage.run(preparing, 'between')).toMatchObject({ outcome: 'cancelled' });
    expect(script.deeds).toEqual(['reserve', 'un-flash', 'un-reserve']);
  });

  it('reaches the parts of a story, and is passed up as what it is', async () => {
    script.on(
      'flash',
      () => pending({ ticket: 't', pollAfterSeconds: 600 }),
      () => ({}),
    );
    script.on('erase', () => pending({ ticket: 't', pollAfterSeconds: 600 }));
    const id = await stage.start(oneUnit, 'parts', {});
    await stage.until(`unit-${id}`, 'waiting');
    await stage.sagas.cancel(id, asked);
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'cancelled' });
    expect((await stage.row(`unit-${id}`)).state).toBe('cancelled');
    expect(script.deeds).toEqual(['reserve', 'erase', 'un-erase', 'un-reserve']);
  });

  it('may be asked at any part: it is the whole that is taken back', async () => {
    script.on('erase', () => pending({ ticket: 't', pollAfterSeconds: 600 }));
    const id = await stage.start(oneUnit, 'asked-at-a-part', {});
    await stage.until(`unit-${id}`, 'waiting');
    await stage.sagas.cancel(`unit-${id}`, asked);
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'cancelled' });
  });

  it('is refused past the point of no return, with the reason', async () => {
    script.on(
      'hand',
      () => pending({ ticket: 't', pollAfterSeconds: 600 }),
      () => ({}),
    );
    const id = await stage.start(delivering, 'too-late', {});
    await stage.until(id, 'waiting');
    await expect(stage.sagas.cancel(id, asked)).rejects.toMatchObject({
      code: 'saga.past-no-return',
      publicMessage: 'It can no longer be taken back: the keys are handed over.',
    });
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'done' });
  });

  it('is refused once it has ended, and unknown for what never was', async () => {
    await stage.run(preparing, 'ended');
    await expect(stage.sagas.cancel('preparing-ended', asked)).rejects.toMatchObject({ code: 'saga.ended' });
    await expect(stage.sagas.cancel('nobody', asked)).rejects.toMatchObject({ code: 'saga.unknown' });
  });

  it('a second time keeps the first reason', async () => {
    const id = await waiting('twice', 'flash');
    await stage.sagas.cancel(id, asked);
    await stage.sagas.cancel(id, { by: 'otto', reason: 'me too' });
    script.on('flash', () => ({}));
    expect(await stage.endOf(id)).toMatchObject({ reason: 'ada cancelled: changed her mind' });
  });

  it('while it is already being taken back changes nothing', async () => {
    script.on('hand', () => refused('nobody home'));
    script.on(
      'un-flash',
      () => pending({ ticket: 't', pollAfterSeconds: 60 }),
      () => undefined,
    );
    const id = await stage.start(preparing, 'already', {});
    await stage.engine.runUntil(() => script.deeds.at(-1) === 'un-flash');
    await stage.sagas.cancel(id, asked);
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'failed', code: 'hand.refused' });
    expect(script.deeds.filter((deed) => deed === 'un-hand')).toHaveLength(1);
  });
});
