import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { findSaga, sagaFamily } from '../../../shared/domain/sagas/sagas.db.ts';
import { usualConfig } from '../../kit/orders.ts';
import { until } from '../../kit/until.ts';
import { anApi, type Api } from './kit.ts';

const tenant = 'tenant-admin@acme.example';
const ops = 'ops@rackline.example';
const reason = { reason: 'its instance is gone' };
let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

const Order = z.object({ id: z.string(), sagaId: z.string() });
/**
 * An order whose saga has begun, and whose instance somebody then ends; found by the timer, which asks the engine
 * through the SDK's client.
 */
async function anOrderThatDied({ isForgotten = false } = {}): Promise<z.infer<typeof Order>> {
  const order = Order.parse(
    (
      await api.as(tenant)('POST /v1/orders', {
        body: { datacenter: 'dc-nyc-01', lines: [{ quantity: 1, config: usualConfig }] },
      })
    ).body,
  );
  const { engine } = api.host;
  await engine.settle();
  await until('the saga to have begun', async () => (await findSaga(api.db, order.sagaId))?.endedAt === null);
  for (const { id } of await living(order.sagaId)) await engine.client.terminate(id, 'by mistake');
  await engine.settle();
  if (isForgotten) await engine.client.purge(order.sagaId);
  await aMinuteLater();
  await until('all of it to be found', async () =>
    (await living(order.sagaId)).every(({ engineEnd }) => engineEnd !== null),
  );
  return order;
}
const living = async (root: string) => (await sagaFamily(api.db, root)).filter(({ endedAt }) => endedAt === null);
/** For the timer, and for what it looks at. */
async function aMinuteLater(): Promise<void> {
  await api.db.run(
    "UPDATE saga SET updated_at = updated_at - interval '2 minutes', engine_asked_at = engine_asked_at - " +
      "interval '2 minutes'",
  );
  await api.host.time.by(60_000);
}

describe('the timer', () => {
  it("finds a saga whose instance was terminated, and shows it in the engine's words", async () => {
    const { sagaId } = await anOrderThatDied();
    const { body } = await api.as(ops)(`GET /v1/sagas/${sagaId}`);
    expect(body).toMatchObject({
      state: 'stuck',
      engineEnd: 'Terminated',
      held: { step: 'engine', reason: 'its instance in the engine is Terminated: by mistake' },
    });
  });

  it('finds one that the engine has forgotten', async () => {
    const { sagaId } = await anOrderThatDied({ isForgotten: true });
    expect((await api.as(ops)(`GET /v1/sagas/${sagaId}`)).body).toMatchObject({ state: 'stuck', engineEnd: 'gone' });
  });
});

describe('what can be done about a dead saga', () => {
  it.each(['retry', 'resume'] as const)('%s: 409, with the reason and what to do instead', async (verb) => {
    const { sagaId } = await anOrderThatDied();
    expect((await api.as(ops)(`POST /v1/sagas/${sagaId}/${verb}`, { body: reason })).body).toMatchObject({
      status: 409,
      code: 'saga.dead',
      detail: expect.stringContaining('Cancel it to take it back, or give it up'),
    });
  });

  it('retry of one that failed in the engine runs it again; where it fails again, it is found again', async () => {
    const sagaId = 'fulfill-order-of-nothing';
    await api.db.run(
      'INSERT INTO saga (id, name, root_id, subject, input, state, started_at, updated_at) VALUES ($1, ' +
        "'fulfill-order', $1, 'x', '{}', 'running', now(), now())",
      [sagaId],
    );
    await api.host.engine.client.start({ name: 'fulfill-order', instanceId: sagaId, input: '"no start of a saga"' });
    await api.host.engine.runToEnd(sagaId);
    const isFound = async () => (await findSaga(api.db, sagaId))?.engineEnd === 'Failed';
    for (let round = 1; round <= 2; round++) {
      await aMinuteLater();
      await until('it to be found', isFound);
      expect(
        (await api.as(ops)(`POST /v1/sagas/${sagaId}/retry`, { body: { reason: `round ${round} & last? #${round}` } }))
          .body,
      ).toMatchObject({ engineEnd: null, state: 'running' });
      await api.host.engine.runToEnd(sagaId);
    }
  });

  it('terminate: it ends after its parts, and nothing is taken back', async () => {
    const { sagaId } = await anOrderThatDied();
    const [part] = (await living(sagaId)).filter(({ id }) => id !== sagaId);
    expect((await api.as(ops)(`POST /v1/sagas/${sagaId}/terminate`, { body: reason })).body).toMatchObject({
      status: 409,
      code: 'saga.parts-at-work',
      detail: expect.stringContaining(part?.id ?? ''),
    });
    for (const id of [part?.id, sagaId])
      expect((await api.as(ops)(`POST /v1/sagas/${id}/terminate`, { body: reason })).status).toBe(202);
    expect((await api.as(ops)(`GET /v1/sagas/${sagaId}`)).body).toMatchObject({
      state: 'failed',
      endedReason: 'ops@rackline.example gave up: its instance is gone',
    });
  });

  it('the tenant cancels the order: it is taken back, and is cancelled', async () => {
    const { id, sagaId } = await anOrderThatDied();
    expect((await api.as(tenant)(`POST /v1/orders/${id}/cancel`, { body: reason })).status).toBe(202);
    for (let minute = 0; (await living(sagaId)).length > 0 && minute < 10; minute++) {
      await aMinuteLater();
      for (const { id: each, engineEnd } of await living(sagaId))
        if (engineEnd === null) await api.host.engine.runToEnd(each);
    }
    expect((await api.as(tenant)(`GET /v1/orders/${id}`)).body).toMatchObject({
      state: 'cancelled',
      endedReason: 'tenant-admin@acme.example cancelled: its instance is gone',
    });
  });
});
