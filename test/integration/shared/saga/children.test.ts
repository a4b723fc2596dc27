import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineSaga } from '../../../../shared/saga/define-saga.ts';
import { pending, refused, type StepContext } from '../../../../shared/saga/step.ts';
import { recordHistory, replayHistory } from '../../../kit/conformance/replay.ts';
import { aStage, Input, ofNothing, Script, type Stage } from './kit.ts';

const script = new Script();
const [load, drive, sign] = [script.step('load'), script.step('drive'), script.step('sign')] as const;
const Fleet = z.object({ names: z.array(z.string()), atOnce: z.number() });

const truck = defineSaga({
  name: 'truck',
  input: Input,
  about: ofNothing,
  *story(saga, { about }) {
    yield* saga.step(drive, {});
    return { about };
  },
});
const fleet = defineSaga({
  name: 'fleet',
  input: Fleet,
  about: ofNothing,
  *story(saga, { names, atOnce }) {
    yield* saga.step(load, {});
    return yield* saga.children(
      truck,
      names.map((about) => ({ key: `${saga.id}-${about}`, input: { about } })),
      { atOnce },
    );
  },
});
const signedFleet = defineSaga({
  name: 'signed-fleet',
  input: Fleet,
  about: ofNothing,
  *story(saga, { names, atOnce }) {
    yield* saga.step(sign, {});
    saga.pointOfNoReturn('it is signed');
    return yield* saga.children(
      truck,
      names.map((about) => ({ key: `${saga.id}-${about}`, input: { about } })),
      { atOnce },
    );
  },
});

const app = { sagas: [truck, fleet, signedFleet], steps: [load, drive, sign] };
let stage: Stage;
beforeAll(async () => {
  stage = await aStage(app);
});
beforeEach(() => script.forget());
afterAll(() => stage.close());

const nameOf = ({ sagaId }: StepContext) => sagaId.split('-').at(-1) ?? '';
/** Each truck drives for as many minutes as are given. Answers who is on the road whenever somebody sets out. */
function trucksDrive(minutes: Readonly<Record<string, number>>): string[][] {
  const [onTheRoad, seen] = [new Set<string>(), [] as string[][]];
  script.on('drive', (context) => {
    const name = nameOf(context);
    if (context.ticket === undefined) {
      seen.push([...onTheRoad.add(name)].sort());
      return pending({ ticket: 'driving', pollAfterSeconds: 60 * (minutes[name] ?? 1) });
    }
    onTheRoad.delete(name);
    return {};
  });
  return seen;
}
const outputs = (names: readonly string[]) => names.map((about) => ({ about }));

describe('children of one saga', () => {
  it('are under way as many at a time as it says; the next begins when one has ended', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const seen = trucksDrive({ a: 10, b: 1, c: 2, d: 20 });
    expect(await stage.run(fleet, 'two', { names, atOnce: 2 })).toMatchObject({
      outcome: 'done',
      output: outputs(names),
    });
    // a and b set out together, in whichever order
    expect(seen.slice(1)).toEqual([
      ['a', 'b'],
      ['a', 'c'],
      ['a', 'd'],
      ['d', 'e'],
    ]);
  });

  it('all begin together where they are no more than that', async () => {
    const seen = trucksDrive({ a: 3, b: 2, c: 1 });
    await stage.run(fleet, 'all', { names: ['a', 'b', 'c'], atOnce: 3 });
    expect(seen.at(-1)).toHaveLength(3);
  });

  it('are played again alike from what was recorded', async () => {
    trucksDrive({ a: 10, b: 1, c: 2, d: 20 });
    await stage.run(fleet, 'replayed', { names: ['a', 'b', 'c', 'd'], atOnce: 2 });
    await replayHistory(stage.app, await recordHistory(stage.engine.client, 'fleet-replayed'));
  });

  it('begin no more once one has failed: those under way end, then all is taken back, the last first', async () => {
    script.on('drive', (context) => {
      if (nameOf(context) === 'b') return refused('a flat tyre');
      return context.ticket === undefined ? pending({ ticket: 'driving', pollAfterSeconds: 600 }) : {};
    });
    expect(await stage.run(fleet, 'flat', { names: ['a', 'b', 'c', 'd'], atOnce: 2 })).toMatchObject({
      outcome: 'failed',
      reason: 'truck: a flat tyre',
    });
    expect(script.deeds.slice(-2)).toEqual(['un-drive', 'un-load']);
    await expect(stage.row('truck-fleet-flat-c')).rejects.toThrow('There is no saga');
  });

  it('begin again, those that failed and those that had not begun, when a person says retry', async () => {
    let flats = 1;
    script.on('drive', (context) => (nameOf(context) === 'a' && flats-- > 0 ? refused('a flat tyre') : {}));
    const id = await stage.start(signedFleet, 'again', { names: ['a', 'b', 'c'], atOnce: 1 });
    expect((await stage.until(id, 'stuck')).held?.key).toBe('signed-fleet-again-a');
    await stage.sagas.decide(id, { verb: 'retry', by: 'olga', reason: 'the tyre is new' });
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'done', output: outputs(['a', 'b', 'c']) });
    expect((await stage.row('truck-signed-fleet-again-a-2')).state).toBe('done');
    expect((await stage.row('truck-signed-fleet-again-b')).state).toBe('done');
  });

  it('go on with those that had not begun when a person skips the failed one', async () => {
    script.on('drive', (context) => (nameOf(context) === 'a' ? refused('a flat tyre') : {}));
    const id = await stage.start(signedFleet, 'without', { names: ['a', 'b', 'c'], atOnce: 1 });
    await stage.until(id, 'stuck');
    await stage.sagas.decide(id, { verb: 'skip', by: 'olga', reason: 'two will do' });
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'done', output: outputs(['b', 'c']) });
  });

  it('need a bound of at least one', async () => {
    expect(await stage.run(fleet, 'none', { names: ['a'], atOnce: 0 })).toMatchObject({
      outcome: 'failed',
      code: 'saga.broken',
      reason: expect.stringContaining('atOnce is 0'),
    });
  });
});
