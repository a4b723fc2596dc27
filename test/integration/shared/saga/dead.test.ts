import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { minutes } from '../../../../shared/kernel/durations.ts';
import { createSagas } from '../../../../shared/saga/client.ts';
import { defineSaga } from '../../../../shared/saga/define-saga.ts';
import type { EngineClient } from '../../../../shared/saga/engine-client.ts';
import { nothing, pending, refused } from '../../../../shared/saga/step.ts';
import { engineClientOf } from '../../../kit/engine-client.ts';
import { until } from '../../../kit/until.ts';
import { aStage, fails, Input, Script, type Stage, ofNothing } from './kit.ts';

const script = new Script();
const [book, pay, print, send] = [
  script.step('book'),
  script.step('pay'),
  script.step('print'),
  script.step('send'),
] as const;
const mail = script.step('mail', { undo: nothing('a sent mail cannot be recalled') });
const steps = [book, pay, print, send, mail];

const parcel = defineSaga({
  name: 'parcel',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(book, {});
    yield* saga.step(pay, {});
    yield* saga.step(mail, {});
    yield* saga.step(send, {});
    return {};
  },
});
const parcelOfTomorrow = defineSaga({
  name: 'parcel',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(book, {});
    yield* saga.step(print, {});
    yield* saga.step(send, {});
    return {};
  },
});
const handedOver = defineSaga({
  name: 'handed-over',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(book, {});
    saga.pointOfNoReturn('the keys are handed over');
    yield* saga.step(send, {});
    return {};
  },
});
const part = defineSaga({
  name: 'part',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(pay, {});
    yield* saga.step(print, {});
    return {};
  },
});
const whole = defineSaga({
  name: 'whole',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(book, {});
    yield* saga.child(part, saga.id, {});
    yield* saga.step(send, {});
    return {};
  },
});
const sagas = [parcel, handedOver, part, whole];

let stage: Stage;
beforeAll(async () => {
  stage = await aStage({ sagas, steps });
});
beforeEach(async () => {
  script.forget();
  await stage.deploy({ sagas, steps });
  // what another test left
  await stage.db.run("UPDATE saga SET ended_at = now(), state = 'failed' WHERE ended_at IS NULL");
});
afterAll(() => stage.close());

const ops = { by: 'olga', reason: 'looked into it' };
const waits = () => pending({ ticket: 'lorry', pollAfterSeconds: 60 * 60 * 24 });
/** Lets that time pass; what is due in it happens. */
async function pass(milliseconds: number): Promise<void> {
  let isOver = false;
  stage.time.schedule(stage.time.now() + milliseconds, () => void (isOver = true));
  await stage.engine.runUntil(() => isOver);
}
async function findDead(): Promise<string[]> {
  await pass(minutes(1));
  return stage.sagas.findDead();
}
/** A saga that waits in a step when somebody ends its instance in the engine. */
async function died(saga: typeof parcel, about: string, { at = 'send', how = terminated } = {}): Promise<string> {
  script.on(at, waits);
  const id = await stage.start(saga, about, {});
  await stage.engine.runUntil(
    async () =>
      (await stage.db.maybe(
        z.object({}),
        'SELECT FROM saga_step JOIN saga ON saga.id = saga_id WHERE root_id = $1 AND step = $2 AND ' +
          "saga_step.state = 'waiting'",
        [id, at],
      )) !== undefined,
  );
  await how(id);
  await stage.engine.settle();
  return id;
}
const terminated = async (id: string): Promise<void> =>
  void (await stage.engine.client.terminate(id, "somebody's mistake"));
const forgotten = async (id: string) => {
  await stage.engine.client.terminate(id, 'x');
  await stage.engine.settle();
  await stage.engine.client.purge(id);
};
const events = (topic: string, subject: string) =>
  stage.db.many(
    z.object({ data: z.record(z.string(), z.unknown()) }),
    'SELECT data FROM event_log WHERE type = $1 AND subject = $2',
    [`com.rackline.${topic}`, subject],
  );

describe('a saga whose instance was ended behind its back', () => {
  it("becomes stuck with the engine's own words: row, event, ticket, timeline", async () => {
    const id = await died(parcel, 'terminated');
    expect(await findDead()).toEqual([id]);
    const reason = "its instance in the engine is Terminated: somebody's mistake";
    expect(await stage.row(id)).toMatchObject({
      state: 'stuck',
      engineEnd: 'Terminated',
      waitingFor: 'ops',
      waitingUntil: null,
      endedAt: null,
      held: { step: 'engine', reason, steps: ['send (send#4)', 'pay (pay#2)', 'book (book#1)'] },
    });
    expect(await events('sagas.stuck', id)).toEqual([
      {
        data: {
          sagaId: id,
          name: 'parcel',
          step: 'engine',
          reason,
          held: ['send (send#4)', 'pay (pay#2)', 'book (book#1)'],
        },
      },
    ]);
    expect(stage.tickets.filter((each) => each.startsWith(id))).toEqual([`${id}/engine`]);
    expect((await stage.timeline(id)).at(-1)).toBe('stuck engine');
  });

  it('is told of once, however often and by how many it is found', async () => {
    const id = await died(parcel, 'once');
    await pass(minutes(1));
    await Promise.all([1, 2, 3].map(() => stage.sagas.findDead()));
    for (let n = 0; n < 3; n++) expect(await findDead()).toEqual([]);
    expect(await events('sagas.stuck', id)).toHaveLength(1);
    expect((await stage.timeline(id)).filter((line) => line === 'stuck engine')).toHaveLength(1);
  });

  it('is found, too, where the engine does not know it any more', async () => {
    const id = await died(parcel, 'gone', { how: forgotten });
    expect(await findDead()).toEqual([id]);
    expect(await stage.row(id)).toMatchObject({
      state: 'stuck',
      engineEnd: 'gone',
      held: { reason: 'the engine has no instance of it any more' },
    });
  });

  it('is found, too, while it waited for a person: what they decide would reach nobody', async () => {
    script.on('send', () => refused('the lorry is full'));
    const id = await stage.start(handedOver, 'stuck-before', {});
    await stage.until(id, 'stuck');
    await stage.engine.client.terminate(id, 'x');
    expect(await findDead()).toEqual([id]);
    expect(await stage.row(id)).toMatchObject({
      state: 'stuck',
      engineEnd: 'Terminated',
      held: { step: 'engine', steps: [] },
    });
  });

  it('is found, too, where the instance ended well and the story did not', async () => {
    const id = await stage.start(parcel, 'odd', {});
    await stage.endOf(id);
    await stage.db.run("UPDATE saga SET state = 'running', ended_at = NULL WHERE id = $1", [id]);
    expect(await findDead()).toEqual([id]);
    expect(await stage.row(id)).toMatchObject({ state: 'stuck', engineEnd: 'Completed' });
  });

  it('stays as it was found when a step that was under way comes to its end; that is taken back as well', async () => {
    let finish: (value: object) => void = () => {};
    script.on('send', () => new Promise((resolve) => (finish = resolve)));
    const id = await stage.start(parcel, 'late', {});
    await until('the step to be under way', () => script.deeds.includes('send'));
    await stage.engine.client.terminate(id, 'x');
    await until(
      'the instance to be ended',
      async () => (await stage.engine.client.status(id))?.status === 'Terminated',
    );
    // time stands still while a step is under way
    await stage.db.run("UPDATE saga SET updated_at = updated_at - interval '2 minutes' WHERE id = $1", [id]);
    expect(await stage.sagas.findDead()).toEqual([id]);
    finish({});
    await until('the step to be done', async () => (await stage.step(id, 'send#4')).state === 'done');
    expect(await stage.row(id)).toMatchObject({ state: 'stuck', engineEnd: 'Terminated' });
    await stage.sagas.cancel(id, ops);
    await stage.endOf(id);
    expect(script.deeds.slice(-3)).toEqual(['un-send', 'un-pay', 'un-book']);
  });
});

describe('a saga that lives', () => {
  it('is left alone, whether it runs, waits, or has ended', async () => {
    script.on('send', waits);
    const id = await stage.start(parcel, 'alive', {});
    await stage.until(id, 'waiting');
    const before = await stage.row(id);
    expect(await findDead()).toEqual([]);
    expect(await stage.row(id)).toEqual(before);
  });

  it('that somebody had the engine run again goes on, and that it was dead is over', async () => {
    const id = await died(parcel, 'revived');
    await findDead();
    await stage.engine.client.start({
      name: 'parcel',
      instanceId: id,
      input: JSON.stringify({ parentId: null, rootId: id, input: {} }),
    });
    expect(await findDead()).toEqual([]);
    expect(await stage.row(id)).toMatchObject({ engineEnd: null, held: null });
  });
});

describe('looking for dead sagas', () => {
  const some = async (count: number) => {
    await stage.db.run(
      "INSERT INTO saga (id, name, root_id, subject, input, state, started_at, updated_at) SELECT 'many-' " +
        "|| n, 'parcel', 'many-' || n, 'x', '{}', 'running', $2::timestamptz, $2 FROM generate_series(1, $1) " +
        'n',
      [count, new Date(stage.time.now()).toISOString()],
    );
  };
  const asked: string[] = [];
  const alive: EngineClient['status'] = async (id) => {
    asked.push(id);
    return { status: 'Running', words: null };
  };
  const looking = (status: EngineClient['status']) =>
    createSagas(stage.deps, { ...engineClientOf(stage.engine.client), status }).findDead();
  beforeEach(async () => {
    asked.splice(0);
    await stage.db.run("DELETE FROM saga WHERE id LIKE 'many-%'");
  });

  it('asks about 200 at a time, longest unasked first, and about none twice in a minute', async () => {
    await some(250);
    await pass(minutes(1));
    await looking(alive);
    expect(asked).toHaveLength(200);
    await looking(alive);
    expect(new Set(asked).size).toBe(250);
    await looking(alive);
    expect(asked).toHaveLength(250);
    await pass(minutes(1));
    await looking(alive);
    expect(asked).toHaveLength(450);
  });

  it('asks about none that wrote something a moment ago, nor about one that has only been accepted', async () => {
    await some(2);
    await stage.db.run("UPDATE saga SET state = 'accepted' WHERE id = 'many-1'");
    await looking(alive);
    expect(asked).toEqual([]);
    await pass(minutes(1));
    await looking(alive);
    expect(asked).toEqual(['many-2']);
  });

  it('finds the others where the engine does not answer about one', async () => {
    await some(3);
    await pass(minutes(1));
    const found = await looking(async (id) => {
      if (id === 'many-2') throw new Error('connect ECONNREFUSED');
      return undefined;
    });
    expect(found.sort()).toEqual(['many-1', 'many-3']);
    expect((await stage.row('many-2')).engineEnd).toBeNull();
  });
});

describe('a dead saga that is cancelled', () => {
  it('is taken back under its own name, the newest step first, from what its journal kept', async () => {
    const id = await died(parcel, 'taken-back');
    await findDead();
    script.deeds.splice(0);
    await stage.sagas.cancel(id, ops);
    expect(await stage.endOf(id)).toEqual({ outcome: 'cancelled', reason: 'olga cancelled: looked into it' });
    expect(script.deeds).toEqual(['un-send', 'un-pay', 'un-book']); // a sent mail cannot be recalled
    expect(await stage.row(id)).toMatchObject({
      state: 'cancelled',
      endedReason: 'olga cancelled: looked into it',
      engineEnd: null,
      held: null,
    });
    expect((await stage.timeline(id)).slice(-10)).toEqual([
      'cancel-requested',
      'note',
      'unwinding',
      'undoing send',
      'undone send',
      'undoing pay',
      'undone pay',
      'undoing book',
      'undone book',
      'cancelled',
    ]);
    expect(await findDead()).toEqual([]);
  });

  it('takes back with the very call that was made: its input, its key, the ids derived from it', async () => {
    const seen: string[] = [];
    const note = (context: { idempotencyKey: string; newId(kind: 'task'): string }) =>
      void seen.push(`${context.idempotencyKey} ${context.newId('task')}`);
    script.on('pay', note);
    script.on('un-pay', note);
    const id = await died(parcel, 'same-ids');
    await findDead();
    await stage.sagas.cancel(id, ops);
    await stage.endOf(id);
    expect(seen).toHaveLength(2);
    expect(seen[0]).toBe(seen[1]);
  });

  it('was cancelled before it died: whoever looks takes it back', async () => {
    const id = await died(parcel, 'asked-before', {
      how: async (id) => {
        await stage.db.run('UPDATE saga SET cancel_requested = $2 WHERE id = $1', [id, JSON.stringify(ops)]);
        await stage.engine.client.terminate(id, 'x');
      },
    });
    await findDead();
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'cancelled' });
    expect(script.deeds.slice(-3)).toEqual(['un-send', 'un-pay', 'un-book']);
  });

  it('died while it was taken back: the rest is', async () => {
    script.on('un-pay', waits);
    script.on('send', () => refused('no stamp'));
    const id = await stage.start(parcel, 'in-the-middle', {});
    await stage.engine.runUntil(() => script.deeds.includes('un-pay'));
    await stage.engine.client.terminate(id, 'x');
    await stage.engine.settle();
    await findDead();
    expect((await stage.row(id)).held?.steps).toEqual(['pay (pay#2)', 'book (book#1)']);
    script.forget();
    await stage.sagas.cancel(id, ops);
    await stage.endOf(id);
    expect(script.deeds).toEqual(['un-pay', 'un-book']);
  });

  it('died while a step was taken back that had never got so far as to be written down', async () => {
    script.on('un-send', waits);
    stage.intercept(({ name }, run) => (name === 'send' ? Promise.reject(new Error('no process took it')) : run()));
    const id = await stage.start(parcel, 'never-begun', {});
    await stage.engine.runUntil(() => script.deeds.includes('un-send'));
    stage.intercept(undefined);
    await terminated(id);
    await stage.engine.settle();
    await findDead();
    script.forget();
    await stage.sagas.cancel(id, ops);
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'cancelled' });
    expect(script.deeds).toEqual(['un-send', 'un-pay', 'un-book']);
  });

  it('and whose undo keeps failing is stuck as any other, and hears what a person decides', async () => {
    const id = await died(parcel, 'undo-fails');
    await findDead();
    script.on('un-pay', fails('the bank is shut'));
    await stage.sagas.cancel(id, ops);
    expect(await stage.until(id, 'stuck')).toMatchObject({
      engineEnd: null,
      held: { step: 'un-pay', steps: expect.arrayContaining(['book (book#1)']) },
    });
    script.on('un-pay', () => undefined);
    await stage.sagas.decide(id, { verb: 'retry', ...ops });
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'cancelled' });
  });

  it('takes back what its parts have done as well; those that have not ended first take back their own', async () => {
    const id = await died(whole, 'with-part', { at: 'print' });
    await findDead();
    const partId = `part-${id}`;
    expect(await stage.row(partId)).toMatchObject({ state: 'waiting', engineEnd: null });
    await stage.sagas.cancel(id, ops);
    await stage.endOf(partId);
    expect(script.deeds.slice(-2)).toEqual(['un-print', 'un-pay']);
    expect((await stage.row(id)).state).toBe('stuck');
    await findDead();
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'cancelled' });
    expect(script.deeds.slice(-1)).toEqual(['un-book']);
  });

  it('takes back what a part of it had done and handed over', async () => {
    const id = await died(whole, 'part-done');
    await findDead();
    script.deeds.splice(0);
    await stage.sagas.cancel(id, ops);
    await stage.endOf(id);
    expect(script.deeds).toEqual(['un-send', 'un-print', 'un-pay', 'un-book']);
  });

  it('and is a part of a story that is over is taken back alone', async () => {
    const id = await died(whole, 'dead-part', {
      at: 'print',
      how: async (root) => void (await stage.engine.client.terminate(`part-${root}`, 'x')),
    });
    // its parent hears of it, and takes back what it holds itself
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'failed' });
    const partId = `part-${id}`;
    expect(await findDead()).toEqual([partId]);
    script.deeds.splice(0);
    await stage.sagas.cancel(partId, ops);
    await stage.endOf(partId);
    expect(script.deeds).toEqual(['un-print', 'un-pay']);
  });

  it('past its point of no return is not: it is said so', async () => {
    const id = await died(handedOver, 'no-return');
    await findDead();
    await expect(stage.sagas.cancel(id, ops)).rejects.toMatchObject({ code: 'saga.past-no-return' });
  });

  it('with a step from before it was kept what steps are called with is not: it is said so', async () => {
    const id = await died(parcel, 'of-old');
    await stage.db.run("UPDATE saga_step SET call = NULL WHERE saga_id = $1 AND step = 'pay'", [id]);
    await findDead();
    await expect(stage.sagas.cancel(id, ops)).rejects.toMatchObject({
      code: 'saga.past-no-return',
      publicMessage: expect.stringContaining('pay#2'),
    });
  });

  it('is taken back though a crash came between saying so and starting it', async () => {
    const id = await died(parcel, 'crash-between');
    await findDead();
    const engine = {
      ...engineClientOf(stage.engine.client),
      start: async () => {
        throw new Error('the process dies here');
      },
    };
    await createSagas(stage.deps, engine).cancel(id, ops);
    expect(await stage.row(id)).toMatchObject({ state: 'unwinding', engineEnd: null });
    await findDead();
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'cancelled' });
    expect(script.deeds.slice(-3)).toEqual(['un-send', 'un-pay', 'un-book']);
  });
});

describe('what a person decides about a dead saga', () => {
  it('to skip is refused: no instance is there to go on', async () => {
    const id = await died(parcel, 'skip');
    await findDead();
    await expect(stage.sagas.decide(id, { verb: 'skip', ...ops })).rejects.toMatchObject({
      code: 'saga.dead',
      kind: 'conflict',
      publicMessage: expect.stringContaining('Terminated'),
    });
  });

  it('to try again is refused where somebody terminated it', async () => {
    const id = await died(parcel, 'retry');
    await findDead();
    await expect(stage.sagas.decide(id, { verb: 'retry', ...ops })).rejects.toMatchObject({ code: 'saga.dead' });
    expect(await stage.row(id)).toMatchObject({ state: 'stuck', engineEnd: 'Terminated' });
  });

  it('to try again is done by the engine where it failed there: unfitting code was replaced', async () => {
    const id = await died(parcel, 'rewound', {
      how: async (each) => {
        await stage.deploy({ sagas: [parcelOfTomorrow, handedOver, part, whole], steps });
        await stage.engine.client.raiseEvent(each, 'anything', null);
      },
    });
    expect(await findDead()).toEqual([id]);
    expect(await stage.row(id)).toMatchObject({
      state: 'stuck',
      engineEnd: 'Failed',
      held: { reason: expect.stringMatching(/^its instance in the engine is Failed: .*print/) },
    });
    await stage.deploy({ sagas, steps });
    script.on('send', () => ({}));
    await stage.sagas.decide(id, { verb: 'retry', ...ops });
    expect(await stage.row(id)).toMatchObject({ engineEnd: null, held: null });
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'done' });
    expect(await stage.row(id)).toMatchObject({ state: 'done' });
    expect(script.deeds.filter((deed) => deed === 'book')).toHaveLength(1);
  });

  it('to give up ends it, and nothing is taken back', async () => {
    const id = await died(parcel, 'given-up');
    await findDead();
    script.deeds.splice(0);
    await stage.sagas.decide(id, { verb: 'give-up', ...ops });
    expect(await stage.row(id)).toMatchObject({
      state: 'failed',
      endedReason: 'olga gave up: looked into it',
      endedAt: expect.any(String),
      held: null,
    });
    expect(script.deeds).toEqual([]);
    expect(await events('sagas.decided', id)).toHaveLength(1);
    expect(await events('sagas.ended', id)).toMatchObject([
      { data: { state: 'failed', reason: 'olga gave up: looked into it' } },
    ]);
    expect((await stage.timeline(id)).slice(-2)).toEqual(['decided', 'failed']);
    await expect(stage.sagas.decide(id, { verb: 'give-up', ...ops })).rejects.toMatchObject({ code: 'saga.not-stuck' });
  });

  it('to give up is refused while parts of it are at work', async () => {
    const id = await died(whole, 'parts', { at: 'print' });
    await findDead();
    await expect(stage.sagas.decide(id, { verb: 'give-up', ...ops })).rejects.toMatchObject({
      code: 'saga.parts-at-work',
      publicMessage: expect.stringContaining(`part-${id}`),
    });
  });

  it('does not make wakes fail: nobody is there to be woken', async () => {
    const id = await died(parcel, 'woken', { how: forgotten });
    await findDead();
    await stage.sagas.wake(id);
  });
});
