import { findSaga, type SagaRow } from '../domain/sagas/sagas.db.ts';
import { isoTime } from '../kernel/clock.ts';
import { minutes } from '../kernel/durations.ts';
import { explain } from '../kernel/errors/app-error.ts';
import { claimOpen, heldBy, isWantedBack, markDead, type Claimed } from './dead-saga.db.ts';
import { raise, takeBackDead } from './dead-saga.ts';
import type { Deps } from './deps.ts';
import { instanceEnd, type EngineClient, type InstanceState } from './engine-client.ts';
import { tell } from './journal.db.ts';
import { openTicket, tellStuck } from './journal.ts';

export type SagaDeps = Pick<Deps, 'db' | 'clock' | 'log' | 'ticketing' | 'settings'> & {
  relay: Pick<Deps['relay'], 'kick'>;
};

const batch = 200;
const together = 8;
/** One that has written something since lives; and for the others this is soon enough. */
const askAgainAfter = minutes(1);

/**
 * Asks the engine about sagas that have not ended, first about those it was asked about longest ago. One that is dead
 * becomes stuck, with the engine's own words. One that lives again goes on; one that somebody wants to be taken back
 * is. Twice is the same as once. Answers the ids of those that were found dead.
 */
export async function findDeadSagas(deps: SagaDeps, engine: EngineClient): Promise<string[]> {
  const open = await claimOpen(deps.db, deps.clock.now(), askAgainAfter, batch);
  const found: string[] = [];
  for (let at = 0; at < open.length; at += together) {
    await Promise.all(
      open.slice(at, at + together).map(async (claimed) => {
        try {
          if (await look(deps, engine, claimed)) found.push(claimed.id);
        } catch (error) {
          // Its turn comes again; the others' must not wait for it.
          deps.log.sagaNotAsked({ sagaId: claimed.id, reason: explain(error) });
        }
      }),
    );
  }
  if (found.length > 0) deps.relay.kick();
  return found;
}

/** Answers whether it was found dead just now. */
async function look(deps: SagaDeps, engine: EngineClient, { id, askedAt }: Claimed): Promise<boolean> {
  const instance = await engine.status(id);
  const saga = await findSaga(deps.db, id); // a saga writes its end before its instance ends
  if (!saga || saga.endedAt !== null) return false;
  const end = instanceEnd(instance);
  if (end === undefined) {
    if (saga.engineEnd !== null) await livesAgain(deps, saga);
    return false;
  }
  const isNews = saga.engineEnd !== end && (await isDead(deps, saga, { end, reason: reasonOf(instance), askedAt }));
  if (await isWantedBack(deps.db, saga)) await takeBackDead(deps, engine, id);
  return isNews;
}

function reasonOf(instance: InstanceState | undefined): string {
  if (instance === undefined) return 'the engine has no instance of it any more';
  return (
    'its instance in the engine is ' +
    `${instance.status}${instance.words === null ? '' : `: ${instance.words.slice(0, 1000)}`}`
  );
}

/**
 * Says that a saga is dead: row, timeline, event, ticket, the condition of its server. Answers whether that was news.
 */
async function isDead(
  deps: SagaDeps,
  saga: SagaRow,
  { end, reason, askedAt }: { end: string; reason: string; askedAt: string },
): Promise<boolean> {
  const { db, clock, log } = deps;
  const { steps } = await heldBy(db, saga.id);
  const stuck = { step: 'engine', key: 'engine', reason, held: steps.map(({ step, key }) => `${step} (${key})`) };
  const ticket = await openTicket(deps, saga, stuck); // first: after a crash the same one is found again
  const now = isoTime(clock.now());
  const isNews = await db.transaction(async (tx) => {
    const marked = await markDead(
      tx,
      { id: saga.id, askedAt },
      { end, held: { step: stuck.step, key: stuck.key, reason, steps: stuck.held } },
      now,
    );
    if (marked) await tellStuck(tx, clock, saga, stuck, now);
    if (marked && ticket !== undefined) await tell(tx, saga, { kind: 'note', step: stuck.step, text: ticket }, now);
    return marked;
  });
  if (isNews) log.sagaStuck({ sagaId: saga.id, saga: saga.name, step: stuck.step, reason });
  return isNews;
}

/** Somebody had the engine run it again. */
async function livesAgain({ db, clock }: SagaDeps, saga: SagaRow): Promise<void> {
  const now = isoTime(clock.now());
  await db.transaction(async (tx) => {
    if (await raise(tx, clock, saga.id, { isAnew: false }))
      await tell(tx, saga, { kind: 'note', text: 'the engine runs it again' }, now);
  });
}
