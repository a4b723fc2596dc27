import { sagaStuck, sagaEnded } from '../domain/sagas/events.ts';
import { appendEvents } from '../events/log.ts';
import { isoTime, type Clock } from '../kernel/clock.ts';
import type { Queryable } from '../kernel/database/database.ts';
import { liftStuck, noteStuck } from '../lifecycle/condition.ts';
import type { About } from './define-saga.ts';
import type { Deps } from './deps.ts';
import {
  markEnded,
  markSkipped,
  markStuck,
  markUnwinding,
  recordSaga,
  serverOf,
  takeDecision,
  tell,
  tellOnce,
} from './journal.db.ts';
import type { JournalAnswer, JournalCall, OperatorDecision, SagaPlace } from './wire.ts';

/** The story of each saga as people read it, in PostgreSQL, the same on every engine. */

/**
 * What a saga writes about itself between its steps: began, unwinding, stuck, ended. `aboutOf` asks the definition of
 * the saga.
 */
export async function keepJournal(
  deps: Deps,
  { saga, at, entry }: JournalCall,
  aboutOf: (saga: SagaPlace, input: unknown) => About,
): Promise<JournalAnswer> {
  const { db, clock, log } = deps;
  const now = isoTime(clock.now());
  const fields = { sagaId: saga.id, saga: saga.name };
  switch (entry.kind) {
    case 'began':
      log.sagaBegan(fields);
      await db.transaction(async (tx) => {
        const isNews = await recordSaga(
          tx,
          saga,
          { input: entry.input, about: aboutOf(saga, entry.input) },
          'running',
          now,
        );
        if (isNews) await tell(tx, saga, { kind: 'began', text: `${saga.name} began` }, now);
      });
      return { decision: null };
    case 'told':
      await tellOnce(db, saga, entry.text, isoTime(at));
      return { decision: null };
    case 'unwinding':
      log.sagaUnwinding({ ...fields, reason: entry.reason, count: entry.steps });
      await db.transaction(async (tx) => {
        await markUnwinding(tx, saga.id, entry.reason, now);
        await tell(
          tx,
          saga,
          {
            kind: 'unwinding',
            text: `taking back ${entry.steps} step${entry.steps === 1 ? '' : 's'}, because ${entry.reason}`,
          },
          now,
        );
      });
      return { decision: null };
    case 'stuck':
      log.sagaStuck({ ...fields, step: entry.step, reason: entry.reason });
      await becomeStuck(deps, saga, entry, now);
      return { decision: null };
    case 'operator-asked':
      return { decision: await decisionFor(deps, saga, entry.wake, now) };
    case 'ended':
      log.sagaEnded({ ...fields, reason: entry.reason ?? entry.state });
      await db.transaction(async (tx) => {
        if (!(await markEnded(tx, saga.id, entry, now))) return;
        await tell(
          tx,
          saga,
          {
            kind: entry.state,
            text: entry.reason ? `${saga.name} ${entry.state}: ${entry.reason}` : `${saga.name} done`,
          },
          now,
        );
        await appendEvents(tx, clock, [
          sagaEnded({
            subject: saga.id,
            data: { sagaId: saga.id, name: saga.name, state: entry.state, reason: entry.reason },
          }),
        ]);
      });
      return { decision: null };
  }
}

/** A person's decision, where there is one that was not taken before. */
async function decisionFor(
  { db, clock }: Deps,
  saga: SagaPlace,
  wake: number,
  now: string,
): Promise<OperatorDecision | null> {
  return db.transaction(async (tx) => {
    const taken = await takeDecision(tx, saga.id, wake, now);
    if (taken?.isNews) {
      const { verb, by, reason } = taken.decision;
      await setServerFree(tx, clock, saga.id);
      if (verb === 'skip') await markSkipped(tx, saga.id, taken.stuckAt, now);
      await tell(tx, saga, { kind: 'decided', text: `${by} decided to ${verb}: ${reason}` }, now);
    }
    return taken?.decision ?? null;
  });
}

/** The saga that its server was stuck for has been decided on. */
export async function setServerFree(tx: Queryable, clock: Clock, sagaId: string): Promise<void> {
  const serverId = await serverOf(tx, sagaId);
  if (serverId) await liftStuck(tx, clock, serverId);
}

/** At which step, why, and what is still held: the next to be taken back first. */
interface Stuck {
  step: string;
  reason: string;
  held: string[];
}

async function becomeStuck(
  deps: Deps,
  saga: SagaPlace,
  entry: Extract<JournalCall['entry'], { kind: 'stuck' }>,
  now: string,
): Promise<void> {
  const { db, clock } = deps;
  await db.transaction(async (tx) => {
    const { step, key, reason, held: steps, wake } = entry;
    const isNews = await markStuck(tx, saga.id, { wake, held: { step, key, reason, steps } }, now);
    if (isNews) await tellStuck(tx, clock, saga, entry, now);
  });
  const failure = await openTicket(deps, saga, entry);
  if (failure !== undefined) await tell(db, saga, { kind: 'note', step: entry.step, text: failure }, now);
}

/** Says that a saga waits for a person: in its timeline, by the condition of its server, by an event. */
export async function tellStuck(
  tx: Queryable,
  clock: Clock,
  saga: Omit<SagaPlace, 'parentId'>,
  { step, reason, held }: Stuck,
  now: string,
): Promise<void> {
  await tell(tx, saga, { kind: 'stuck', step, text: `stuck at ${step}: ${reason}` }, now);
  const serverId = await serverOf(tx, saga.id);
  if (serverId) await noteStuck(tx, clock, serverId, { sagaId: saga.id, reason });
  await appendEvents(tx, clock, [
    sagaStuck({ subject: saga.id, data: { sagaId: saga.id, name: saga.name, step, reason, held } }),
  ]);
}

/**
 * The ticket is for people: the saga is stuck and says so whether or not the desk can be reached. Answers why it could
 * not.
 */
export async function openTicket(
  { ticketing, settings }: Pick<Deps, 'ticketing' | 'settings'>,
  saga: Pick<SagaPlace, 'id' | 'name'>,
  { step, reason, held }: Stuck,
): Promise<string | undefined> {
  try {
    await ticketing.open({
      faultId: `${saga.id}/${step}`,
      summary: `${saga.name} is stuck at ${step}`,
      description:
        `${reason}\n\nStill held, the next to be taken back first: ${held.join(', ') || 'nothing'}\n\n` +
        'Decide in the portal: ' +
        `${settings.publicUrl}/sagas/${encodeURIComponent(saga.id)}`,
      priority: 'high',
    });
    return undefined;
  } catch (error) {
    return `no ticket could be opened: ${error instanceof Error ? error.message : String(error)}`;
  }
}
