import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { defineSaga } from '../../../../shared/saga/define-saga.ts';
import { pending } from '../../../../shared/saga/step.ts';
import { aStage, Input, Script, type Stage, ofNothing } from './kit.ts';

const script = new Script();
const [order, ship, thank, weigh] = [
  script.step('order'),
  script.step('ship'),
  script.step('thank'),
  script.step('weigh'),
] as const;
const steps = [order, ship, thank, weigh];

const yesterday = defineSaga({
  name: 'parcel',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(order, {});
    yield* saga.step(ship, {});
    return { by: 'yesterday' };
  },
});
const withMoreAtTheEnd = defineSaga({
  name: 'parcel',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(order, {});
    yield* saga.step(ship, {});
    yield* saga.step(thank, {});
    return { by: 'today' };
  },
});
const withMoreBefore = defineSaga({
  name: 'parcel',
  input: Input,
  about: ofNothing,
  *story(saga) {
    yield* saga.step(order, {});
    yield* saga.step(weigh, {});
    yield* saga.step(ship, {});
    return { by: 'today' };
  },
});

let stage: Stage;
beforeAll(async () => {
  stage = await aStage({ sagas: [yesterday], steps });
});
beforeEach(() => script.forget());
afterAll(() => stage.close());

/** A saga that yesterday's code has brought to where it waits for `ship`. */
async function inFlight(about: string): Promise<string> {
  await stage.deploy({ sagas: [yesterday], steps });
  script.on(
    'ship',
    () => pending({ ticket: 'lorry', pollAfterSeconds: 60 }),
    () => ({}),
  );
  const id = await stage.start(yesterday, about, {});
  await stage.until(id, 'waiting');
  return id;
}

it('goes on under code that is the same', async () => {
  const id = await inFlight('same');
  await stage.deploy({ sagas: [yesterday], steps });
  expect(await stage.endOf(id)).toMatchObject({ outcome: 'done', output: { by: 'yesterday' } });
  expect(script.deeds).toEqual(['order', 'ship', 'ship']);
});

it('does what was added after the place where it stands', async () => {
  const id = await inFlight('longer');
  await stage.deploy({ sagas: [withMoreAtTheEnd], steps });
  expect(await stage.endOf(id)).toMatchObject({ outcome: 'done', output: { by: 'today' } });
  expect(script.deeds).toEqual(['order', 'ship', 'ship', 'thank']);
});

it('does nothing more under code that departs from what it has done, and says so', async () => {
  const id = await inFlight('other');
  await stage.deploy({ sagas: [withMoreBefore], steps });
  await expect(stage.endOf(id)).rejects.toThrow(/weigh|ship/);
  expect(script.deeds).toEqual(['order', 'ship']);
});
