import { z } from 'zod';
import type { ReadRoute } from '../../portal/src/api/routes.ts';
import { sagaFamily } from '../../shared/domain/sagas/sagas.db.ts';
import { callingEndpoints } from './endpoint-caller.ts';
import { type Moment, people, type Person } from './kept-answers.ts';
import { usualConfig } from './orders.ts';
import { claimsOf } from './portal-people.ts';
import type { TestPlatform } from './test-platform.ts';

/** What to do when the platform answers otherwise than it was recorded. */
export const howToRecord = `
The platform no longer answers what the portal's unit tests read.
  - If that was not meant, take the change back.
  - If it was, record anew, and see what the portal makes of it:
    RECORD_ANSWERS=1 npm test -- --selectProjects integration --testPathPatterns portal-answers
    npm test -- --selectProjects unit --testPathPatterns unit/portal/`;

const Created = z.object({ id: z.string(), sagaId: z.string() });

/** The stories told for the portal, each a way to bring a new order to a moment worth looking at. */
const stories = {
  'order-waiting-for-approval': async (w) => {
    w.robots.areAtWork = false;
    const order = await submit(w);
    await w.engine.runUntil(async () => (await states(w, order.sagaId, 'await-purchase-decision')).includes('waiting'));
    return order;
  },
  'order-stuck-while-taken-back': async (w) => {
    w.robots.areAtWork = true;
    const order = await submit(w);
    await w.engine.runUntil(async () => (await states(w, order.sagaId, 'await-ship-notice')).includes('waiting'));
    w.intercept(async (call, run) => {
      if (call.name === 'cancel-purchase') throw new Error('the vendor answers 503');
      return run();
    });
    const body = { reason: 'ordered the wrong ones' };
    await asking(w, 'tenant')('POST /v1/orders/{id}/cancel', { params: { id: order.id }, body });
    await w.engine.runUntil(async () => (await sagaFamily(w.db, order.sagaId)).some(({ state }) => state === 'stuck'));
    w.intercept(undefined);
    return order;
  },
  'order-fulfilled': async (w) => {
    w.robots.areAtWork = true;
    const order = await submit(w);
    await w.engine.runToEnd(order.sagaId);
    return order;
  },
} as const satisfies Readonly<Record<string, (w: TestPlatform) => Promise<z.infer<typeof Created>>>>;
type StoryName = keyof typeof stories;
export const storyNames = Object.keys(stories) as StoryName[];

/** Tells a story and answers what the portal's pages about it read, with the same ids each time. */
export async function answersOf(w: TestPlatform, name: StoryName): Promise<Moment> {
  const order = await stories[name](w);
  const params = { id: order.id };
  const query = { orderId: order.id };
  const [stuck] = (await sagaFamily(w.db, order.sagaId)).filter(({ state }) => state === 'stuck');
  const asks: readonly (readonly [ReadRoute, Person, { params?: { id: string }; query?: { orderId: string } }])[] = [
    ['GET /v1/orders/{id}', 'tenant', { params }],
    ['GET /v1/orders/{id}/timeline', 'tenant', { params }],
    ['GET /v1/quotes', 'approver', { query }],
    ...(stuck ? ([['GET /v1/sagas/{id}', 'ops', { params: { id: stuck.id } }]] as const) : []),
  ];
  const answers: Record<string, unknown> = {};
  for (const [route, who, ask] of asks) answers[`${route} as ${who}`] = await asking(w, who)(route, ask);
  return withStableIds(answers);
}

const asking = (w: TestPlatform, who: Person) => {
  const claims = claimsOf.get(people[who]);
  if (!claims) throw new Error(`The lab has no ${people[who]}.`);
  return callingEndpoints(w)(claims);
};
const submit = async (w: TestPlatform) =>
  Created.parse(
    await asking(w, 'tenant')('POST /v1/orders', {
      body: { datacenter: 'dc-nyc-01', lines: [{ quantity: 1, config: usualConfig }] },
    }),
  );
const states = async (w: TestPlatform, rootId: string, step: string): Promise<string[]> =>
  (
    await w.db.many(
      z.object({ state: z.string() }),
      'SELECT saga_step.state FROM saga_step JOIN saga ON saga.id = saga_id WHERE root_id = $1 AND step = $2',
      [rootId, step],
    )
  ).map(({ state }) => state);

/** Ids, and the numbers of purchases made of them, have a random part: each is replaced by its place among them. */
function withStableIds(answers: Moment): Moment {
  const known = new Map<string, string>();
  const stable = (id: string, kind: string, digits: number): string => {
    const kept = known.get(id) ?? `${kind}${String(known.size + 1).padStart(digits, '0')}`;
    known.set(id, kept);
    return kept;
  };
  const text = JSON.stringify(answers)
    .replaceAll(/\b([a-z]{3}_)[0-9A-HJKMNP-TV-Z]{26}\b/g, (id, kind: string) => stable(id, kind, 26))
    .replaceAll(/\bPO-[0-9A-HJKMNP-TV-Z]{10}\b/g, (id) => stable(id, 'PO-', 10));
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}
