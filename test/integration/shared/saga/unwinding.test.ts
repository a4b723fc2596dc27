import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineSaga } from '../../../../shared/saga/define-saga.ts';
import { nothing, refused } from '../../../../shared/saga/step.ts';
import { aStage, fails, Input, Script, type Stage, ofNothing } from './kit.ts';

const script = new Script();
const book = script.step('book');
const pay = script.step('pay');
const print = script.step('print');
const send = script.step('send');
const mail = script.step('mail', { undo: nothing('a sent mail cannot be recalled') });
const impatient = script.step('impatient', { retry: { attempts: 3, firstSeconds: 10, longestSeconds: 15 } });

const inARow = defineSaga({
  name: 'in-a-row',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(book, {});
    yield* saga.step(pay, {});
    yield* saga.step(mail, {});
    yield* saga.step(send, {});
    return { sent: true };
  },
});
const givingUp = defineSaga({
  name: 'giving-up',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(book, {});
    return saga.fail('shop.closed', 'the shop has closed');
  },
});
const strict = defineSaga({
  name: 'strict',
  input: z.object({ count: z.number() }),
  about: ofNothing,
  *story(saga) {
    yield* saga.step(book, {});
    return {};
  },
});
const hurried = defineSaga({
  name: 'hurried',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(book, {});
    yield* saga.step(impatient, {});
    return {};
  },
});

const part = defineSaga({
  name: 'part',
  input: Input,
  about: ofNothing,
  *story(saga, { about }) {
    yield* saga.step(pay, { about });
    yield* saga.step(print, { about });
    return { about };
  },
});
const whole = defineSaga({
  name: 'whole',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(book, {});
    const parts = yield* saga.children(
      part,
      ['a', 'b', 'c'].map((about) => ({ key: `${saga.id}-${about}`, input: { about } })),
      { atOnce: 3 },
    );
    yield* saga.step(send, {});
    return { parts };
  },
});

let stage: Stage;
beforeAll(async () => {
  stage = await aStage({
    sagas: [inARow, givingUp, strict, hurried, part, whole],
    steps: [book, pay, print, send, mail, impatient],
  });
});
beforeEach(() => script.forget());
afterAll(() => stage.close());

describe('a saga', () => {
  it('does its steps in order, and answers what its story returns', async () => {
    const end = await stage.run(inARow, 'happy');
    expect(end).toMatchObject({ outcome: 'done', output: { sent: true }, passedNoReturn: false });
    expect(script.deeds).toEqual(['book', 'pay', 'mail', 'send']);
  });

  it('takes back in reverse, from the refused step itself on, and leaves out what has no undo', async () => {
    script.on('send', () => refused('no stamp'));
    expect(await stage.run(inARow, 'refused')).toEqual({
      outcome: 'failed',
      reason: 'no stamp',
      code: 'send.refused',
    });
    expect(script.deeds).toEqual(['book', 'pay', 'mail', 'send', 'un-send', 'un-pay', 'un-book']);
  });

  it('takes back everything when its story gives up', async () => {
    expect(await stage.run(givingUp, 'x')).toEqual({
      outcome: 'failed',
      reason: 'the shop has closed',
      code: 'shop.closed',
    });
    expect(script.deeds).toEqual(['book', 'un-book']);
  });

  it('that was started with what it does not take ends as failed, and does nothing', async () => {
    const id = `strict-odd`;
    await stage.engine.client.start({
      name: 'strict',
      instanceId: id,
      input: JSON.stringify({ parentId: null, rootId: id, input: { count: 'many' } }),
    });
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'failed', code: 'saga.broken' });
    expect(script.deeds).toEqual([]);
  });

  it('started twice about the same thing runs once', async () => {
    await stage.start(inARow, 'twice', {});
    const again = stage.start(inARow, 'twice', {});
    await again.catch(() => undefined); // this engine says so; the functions' door takes it for success
    await stage.endOf('in-a-row-twice');
    expect(script.deeds).toEqual(['book', 'pay', 'mail', 'send']);
  });

  it('gives its steps ids and keys that are the same at every attempt, and different for every call', async () => {
    const seen: string[] = [];
    script.on('book', ({ idempotencyKey, newId }) => {
      seen.push(`${idempotencyKey} ${newId('task')}`);
      if (seen.length < 3) throw new Error('not yet');
    });
    script.on('pay', ({ idempotencyKey, newId }) => void seen.push(`${idempotencyKey} ${newId('task')}`));
    await stage.run(inARow, 'keys');
    expect(seen).toHaveLength(4);
    expect(new Set(seen.slice(0, 3)).size).toBe(1);
    expect(new Set(seen).size).toBe(2);
  });
});

describe('a step that throws', () => {
  it('is tried again until it works', async () => {
    script.on('impatient', fails('busy'), fails('busy'), () => ({}));
    expect(await stage.run(hurried, 'third-time')).toMatchObject({ outcome: 'done' });
    expect((await stage.step('hurried-third-time', 'impatient#2')).attempts).toBe(3);
  });

  it('is tried as often as it says, waiting twice as long each time, and then all is taken back', async () => {
    const at: number[] = [];
    script.on('impatient', () => {
      at.push(stage.time.now() / 1000);
      throw new Error('busy');
    });
    expect(await stage.run(hurried, 'in-vain')).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('busy'),
    });
    expect(at.slice(1).map((each, index) => each - (at[index] ?? 0))).toEqual([10, 15]);
    expect(script.deeds).toEqual(['book', 'impatient', 'impatient', 'impatient', 'un-impatient', 'un-book']);
  });

  it('is taken back even if all that was lost was its answer: the process died after it had happened', async () => {
    stage.intercept(async (call, run) => {
      const answer = await run();
      if (call.name === 'impatient') throw new Error('the process died');
      return answer;
    });
    await stage.run(hurried, 'died');
    stage.intercept(undefined);
    expect(script.deeds.filter((deed) => deed.startsWith('un-'))).toEqual(['un-impatient', 'un-book']);
  });

  it('is taken back even if it never ran at all', async () => {
    stage.intercept(async (call, run) => {
      if (call.name === 'impatient') throw new Error('the process died');
      return run();
    });
    await stage.run(hurried, 'never-ran');
    stage.intercept(undefined);
    expect(script.deeds).toEqual(['book', 'un-impatient', 'un-book']);
  });
});

describe('a run that comes late, after its step has been taken back', () => {
  it('does nothing', async () => {
    const onTheWay: (() => Promise<unknown>)[] = [];
    stage.intercept(async (call, run) => {
      if (call.name !== 'impatient') return run();
      onTheWay.push(run);
      throw new Error('the worker does not answer');
    });
    await stage.run(hurried, 'late');
    stage.intercept(undefined);
    script.deeds.splice(0);
    expect(JSON.parse(String(await onTheWay[0]?.()))).toEqual({
      outcome: 'refused',
      reason: 'impatient had already been taken back',
    });
    expect(script.deeds).toEqual([]);
  });

  it('is taken back once more when the undo overtook it', async () => {
    let goOn = () => {};
    script.on('impatient', () => new Promise((resolve) => (goOn = () => resolve({}))));
    const slow: { run?: Promise<unknown> } = {};
    stage.intercept(async (call, run) => {
      if (call.name !== 'impatient') return run();
      if (!slow.run) {
        slow.run = run();
        while (script.deeds.at(-1) !== 'impatient') await new Promise((resolve) => setImmediate(resolve));
      }
      return JSON.stringify({ outcome: 'refused', reason: 'the worker does not answer' });
    });
    await stage.run(hurried, 'overtaken');
    stage.intercept(undefined);
    expect(script.deeds).toEqual(['book', 'impatient', 'un-impatient', 'un-book']);
    goOn();
    await slow.run;
    expect(script.deeds).toEqual(['book', 'impatient', 'un-impatient', 'un-book', 'un-impatient']);
    expect((await stage.step('hurried-overtaken', 'impatient#2')).state).toBe('undone');
  });
});

describe('a saga with parts', () => {
  it('takes back what its parts did, the last first, when it fails after they were done', async () => {
    script.on('send', () => refused('no stamp'));
    expect(await stage.run(whole, 'later')).toMatchObject({ outcome: 'failed', reason: 'no stamp' });
    expect(script.deeds.slice(script.deeds.indexOf('send'))).toEqual([
      'send',
      'un-send',
      'un-print',
      'un-pay',
      'un-print',
      'un-pay',
      'un-print',
      'un-pay',
      'un-book',
    ]);
  });

  it('waits for all its parts before the failure of one takes back the others', async () => {
    script.on('print', ({ sagaId }) => (sagaId.endsWith('-b') ? refused('out of paper') : {}));
    expect(await stage.run(whole, 'one-fails')).toMatchObject({
      outcome: 'failed',
      code: 'print.refused',
      reason: 'part: out of paper',
    });
    expect(script.deeds.filter((deed) => deed === 'print')).toHaveLength(3);
    expect([...script.deeds].reverse().slice(0, 5)).toEqual(['un-book', 'un-pay', 'un-print', 'un-pay', 'un-print']);
    expect(script.deeds.filter((deed) => deed === 'un-pay')).toHaveLength(3);
    expect(
      await Promise.all(['a', 'b', 'c'].map(async (name) => (await stage.row(`part-whole-one-fails-${name}`)).state)),
    ).toEqual(['done', 'failed', 'done']);
  });

  it('gives the undo of a part the very ids with which the part ran', async () => {
    const ids = { run: new Set<string>(), undo: new Set<string>() };
    script.on('pay', ({ sagaId, newId }) => void ids.run.add(`${sagaId} ${newId('task')}`));
    script.on('un-pay', ({ sagaId, newId }) => void ids.undo.add(`${sagaId} ${newId('task')}`));
    script.on('send', () => refused('no stamp'));
    await stage.run(whole, 'ids');
    expect(ids.undo).toEqual(ids.run);
    expect(ids.run.size).toBe(3);
  });
});
