import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { OrderId, ServerId } from '../../../../shared/kernel/ids.ts';
import { newId } from '../../../../shared/kernel/new-id.ts';
import { createSagas } from '../../../../shared/saga/client.ts';
import { defineSaga } from '../../../../shared/saga/define-saga.ts';
import { engineClientOf } from '../../../kit/engine-client.ts';
import { aStage, Script, type Stage } from './kit.ts';

const script = new Script();
const carry = script.step('carry');
const Parcel = z.object({ order: OrderId, machine: ServerId });

const carrying = defineSaga({
  name: 'carrying',
  input: z.object({ machine: ServerId }),
  about: ({ machine }) => ({ serverId: machine }),
  *story(saga) {
    return yield* saga.step(carry, {});
  },
});
const sending = defineSaga({
  name: 'sending',
  input: Parcel,
  about: ({ order }) => ({ orderId: order }),
  *story(saga, { machine }) {
    yield* saga.child(carrying, machine, { machine });
    return {};
  },
});

let stage: Stage;
beforeAll(async () => {
  stage = await aStage({ sagas: [sending, carrying], steps: [carry] });
});
beforeEach(() => script.forget());
afterAll(() => stage.close());

let keys = 0;
const aParcel = () => ({
  key: `parcel-${++keys}`,
  input: { order: OrderId.parse(newId('order', keys)), machine: ServerId.parse(newId('server', keys)) },
});
const accept = (key: string, input: z.input<typeof Parcel>, sagas = stage.sagas) =>
  stage.db.transaction((tx) => sagas.accept(tx, sending, key, input));

describe('a saga that is accepted', () => {
  it('starts by itself once the transaction is committed', async () => {
    const { key, input } = aParcel();
    expect(await stage.endOf(await accept(key, input))).toMatchObject({ outcome: 'done' });
  });

  it('is neither recorded nor started where the transaction is rolled back', async () => {
    const { key, input } = aParcel();
    const refused = stage.db.transaction(async (tx) => {
      await stage.sagas.accept(tx, sending, key, input);
      throw new Error('the order is not valid');
    });
    await expect(refused).rejects.toThrow('the order is not valid');
    expect(await stage.engine.client.status(`sending-${key}`)).toBeUndefined();
    await expect(stage.row(`sending-${key}`)).rejects.toThrow('There is no saga');
  });

  it('runs once, however often it is accepted', async () => {
    const { key, input } = aParcel();
    await accept(key, input);
    await stage.endOf(await accept(key, input));
    await stage.endOf(await accept(key, input));
    expect(script.deeds).toEqual(['carry']);
  });

  it('is started by the timer where the engine did not answer after the commit', async () => {
    const { key, input } = aParcel();
    const unreachable = createSagas(stage.deps, {
      ...engineClientOf(stage.engine.client),
      start: () => Promise.reject(new Error('the engine does not answer')),
    });
    const id = await accept(key, input, unreachable);
    expect(await stage.row(id)).toMatchObject({ state: 'accepted' });
    expect(await stage.sagas.startAccepted(stage.time.now() + 1)).toEqual([id]);
    expect(await stage.endOf(id)).toMatchObject({ outcome: 'done' });
  });

  it('is refused with an input that it does not take, before anything is recorded', async () => {
    const { key, input } = aParcel();
    await expect(accept(key, { ...input, machine: 'srv_of_nobody' as never })).rejects.toThrow(/input of saga sending/);
    await expect(stage.row(`sending-${key}`)).rejects.toThrow('There is no saga');
  });
});

describe('what a saga is about', () => {
  it('is what its definition says, whatever its input calls it', async () => {
    const { key, input } = aParcel();
    const id = await accept(key, input);
    const said = { orderId: input.order, serverId: null, subject: input.order };
    expect(await stage.row(id)).toMatchObject(said);
    await stage.endOf(id);
    expect(await stage.row(id)).toMatchObject(said);
  });

  it('is of a child also what its parent is about', async () => {
    const { key, input } = aParcel();
    await stage.endOf(await accept(key, input));
    expect(await stage.row(`carrying-${input.machine}`)).toMatchObject({
      orderId: input.order,
      serverId: input.machine,
      subject: input.machine,
    });
  });

  it('is asked of every definition', () => {
    // @ts-expect-error: a definition without `about` does not compile
    const of = () => defineSaga({ name: 'aimless', input: Parcel, story: function* () {} });
    expect(of).not.toThrow();
  });
});
