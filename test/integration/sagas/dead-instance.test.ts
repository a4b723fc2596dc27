import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { fulfillOrder } from '../../../orchestrations/orders/fulfill-order.saga.ts';
import { assetsOfOrder } from '../../../shared/domain/assets/assets.db.ts';
import { getOrder } from '../../../shared/domain/orders/orders.db.ts';
import type { OrderState } from '../../../shared/domain/orders/rules.ts';
import { findSaga, sagaFamily, timelineOf } from '../../../shared/domain/sagas/sagas.db.ts';
import { minutes } from '../../../shared/kernel/durations.ts';
import type { OrderId } from '../../../shared/kernel/ids.ts';
import { placeOrder } from '../../kit/orders.ts';
import { aTestPlatform, type TestPlatform } from '../../kit/test-platform.ts';
import type { JiraState } from '../../simulators/jira/jira.ts';

let w: TestPlatform;
let before: unknown;
beforeAll(async () => {
  w = await aTestPlatform();
});
beforeEach(async () => {
  before = await w.snapshot();
});
afterAll(() => w.close());

/** An order whose story has come as far as that. */
async function orderAt(state: OrderState, step?: string): Promise<{ id: OrderId; root: string }> {
  const { id } = await placeOrder(w);
  const root = await w.start(fulfillOrder, id, { orderId: id });
  const hasBegun = async () =>
    step === undefined ||
    (await w.db.maybe(
      z.object({}),
      'SELECT FROM saga_step JOIN saga ON saga.id = saga_id WHERE root_id = $1 AND step = $2',
      [root, step],
    )) !== undefined;
  await w.engine.runUntil(async () => (await getOrder(w.db, id)).state === state && (await hasBegun()));
  return { id, root };
}
const living = async (root: string) =>
  (await sagaFamily(w.db, root)).filter(({ endedAt }) => endedAt === null).map(({ id }) => id);
async function terminate(ids: readonly string[]): Promise<void> {
  for (const id of ids) await w.engine.client.terminate(id, 'an engineer at the wrong window');
  await w.engine.settle();
}
/** What the timer does, each minute, until there is nothing left to do. */
async function lookEachMinute(isOver: () => Promise<boolean>): Promise<void> {
  const look = async (): Promise<void> => {
    const release = w.time.blockTime('the timer');
    await w.sagas.findDead();
    release();
    if (!(await isOver())) w.time.schedule(w.time.now() + minutes(1), look);
  };
  w.time.schedule(w.time.now() + minutes(1), look);
  await w.engine.runUntil(isOver);
}
const ops = { by: 'ops@rackline.example', reason: 'its saga is dead' };

describe('an order whose saga was terminated in the engine', () => {
  it('does not stand still unseen: its saga is stuck, with a ticket, an event and a line in its timeline', async () => {
    const { id, root } = await orderAt('shipping');
    await terminate([root]);
    await lookEachMinute(async () => (await findSaga(w.db, root))?.state === 'stuck');
    const reason = 'its instance in the engine is Terminated: an engineer at the wrong window';
    expect(await findSaga(w.db, root)).toMatchObject({ engineEnd: 'Terminated', held: { step: 'engine', reason } });
    expect((await timelineOf(w.db, { sagaId: root, limit: 1000 })).at(-1)).toMatchObject({
      kind: 'stuck',
      step: 'engine',
      text: `stuck at engine: ${reason}`,
    });
    const issues = w.lab.state<JiraState>('jira').issues.filter((issue) => JSON.stringify(issue).includes(root));
    expect(issues).toHaveLength(1);
    expect(JSON.stringify(issues[0])).toContain('an engineer at the wrong window');

    await w.sagas.cancel(root, ops);
    await lookEachMinute(async () => (await living(root)).length === 0);
    expect(await getOrder(w.db, id)).toMatchObject({
      state: 'cancelled',
      endedReason: 'ops@rackline.example cancelled: its saga is dead',
    });
  });

  const places = [
    ['procuring', 'collect-quotes'],
    ['procuring', 'await-purchase-decision'],
    ['shipping', 'track-shipment'],
    ['deploying', 'harden-server'],
  ] as const;
  it.each(
    places.flatMap(
      ([state, step]) =>
        [
          ['its saga alone', state, step],
          ['its saga and all parts', state, step],
        ] as const,
    ),
  )('%s, while %s (%s): cancelled, it leaves nothing behind', async (who, state, step) => {
    const { id, root } = await orderAt(state, step);
    await terminate(who === 'its saga alone' ? [root] : await living(root));
    await lookEachMinute(async () => (await findSaga(w.db, root))?.engineEnd !== null);
    await w.sagas.cancel(root, ops);
    await lookEachMinute(async () => (await living(root)).length === 0);
    expect((await getOrder(w.db, id)).state).toBe('cancelled');
    expect(await w.snapshot()).toEqual(before);
    expect(w.lab.effects.repeated()).toEqual([]);
  });
});

describe('a server whose saga was terminated in the engine', () => {
  const serverOf = async (id: OrderId) => (await assetsOfOrder(w.db, id))[0];

  it('is shown as stuck, and works again when the saga was given up', async () => {
    const { id, root } = await orderAt('deploying', 'rack-server');
    await terminate(await living(root));
    const deploy = (await sagaFamily(w.db, root)).find(({ name }) => name === 'install-server');
    await lookEachMinute(
      async () => (await living(root)).length > 0 && (await findSaga(w.db, deploy?.id ?? ''))?.engineEnd !== null,
    );
    expect(await serverOf(id)).toMatchObject({ condition: 'stuck' });
    await w.sagas.decide(deploy?.id ?? '', { verb: 'give-up', ...ops });
    expect(await serverOf(id)).toMatchObject({ condition: 'working' });
  });
});
