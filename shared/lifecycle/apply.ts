import { z } from 'zod';
import { typeOf } from '../events/event-type.ts';
import { source } from '../events/log.ts';
import type { ServerConfig } from '../facts/server.ts';
import { isoTime, type Clock } from '../kernel/clock.ts';
import { inOneTransaction, type Queryable } from '../kernel/database/database.ts';
import { AppError } from '../kernel/errors/app-error.ts';
import { type DatacenterId, type OrderId, type OrderLineId, type ServerId, type TenantId } from '../kernel/ids.ts';
import { newId } from '../kernel/new-id.ts';
import { lockServer, type Standing } from './lock.ts';
import type { ProofKind } from './proof-kinds.ts';
import { liveProofs, voidProofs } from './proofs.ts';
import { liftedByPeople, State, states, type StateInfo } from './states.ts';
import { transitionsBy, type Cause, type Transition } from './transitions.ts';

/** Who or what causes a change, and within which story. */
export interface Origin {
  /** A person's sign-in, or the step that does it. */
  actor: string;
  sagaId?: string;
  /** The step within the saga; the same step asking twice moves the server once. */
  stepKey?: string;
  reason?: string;
}

/** Columns that may change together with the state, and only then. */
export interface StateChanges {
  tenantId?: TenantId | null;
  disposition?: string;
}

export type Applied =
  | { outcome: 'moved' | 'already'; state: State; version: number }
  /** The table knows no such way from where the server is, or a proof is missing. */
  | { outcome: 'refused'; state: State; reason: string };

const Moved = z.object({ state: State, version: z.number().int() });

const topicTypes = Object.fromEntries(
  (Object.entries(states) as [State, StateInfo][]).map(([state, { topic }]) => [state, typeOf(topic)]),
);

/**
 * The one place where a server's state is written. Under the server's lock it reads where the server is and what is
 * proved of it, moves it, voids what is no longer true, and appends the event to log and outbox: all in one
 * transaction, the caller's where there is one. Asking again from the same step answers `already`. Throws AppError
 * `asset.unknown` for a server that does not exist.
 */
export const applyTransition = (
  db: Queryable,
  clock: Clock,
  serverId: ServerId,
  cause: Cause,
  origin: Origin,
  changes: StateChanges = {},
): Promise<Applied> =>
  inOneTransaction(db, async (tx) => {
    const standing = await lockServer(tx, serverId);
    const proved = await liveProofs(tx, serverId);
    const isHeld = (changes.tenantId === undefined ? standing.tenant_id : changes.tenantId) !== null;
    const way = wayOf(standing.state, cause, proved, isHeld);
    if ('refusal' in way) {
      const { state, version } = standing;
      return isRepeat(standing, cause, origin)
        ? { outcome: 'already', state, version }
        : { outcome: 'refused', state, reason: way.refusal };
    }
    const [moved] = await tx.many(Moved, moveStatement, [
      serverId,
      way.to,
      isoTime(clock.now()),
      cause,
      stepOf(origin),
      changes.tenantId !== undefined,
      changes.tenantId ?? null,
      changes.disposition ?? null,
      newId('event', clock.now()),
      source,
      origin.actor,
      origin.sagaId ?? null,
      origin.reason ?? null,
      liftedByPeople,
      topicTypes[way.to],
      standing.state,
      standing.tenant_id,
    ]);
    if (!moved) throw new Error(`${serverId} was not moved though it is locked`);
    await voidProofs(tx, clock, serverId, way.voids, `the server is ${way.to}: ${cause}`, origin);
    return { outcome: 'moved', ...moved };
  });

const stepOf = ({ sagaId, stepKey }: Origin): string | null => (sagaId ? `${sagaId} ${stepKey ?? ''}` : null);
const isRepeat = ({ last_cause, last_step }: Standing, cause: Cause, origin: Origin): boolean =>
  last_cause === cause && origin.sagaId !== undefined && last_step === stepOf(origin);

/** The transition that is possible, or why none is. */
export function wayOf(
  state: State,
  cause: Cause,
  proved: readonly ProofKind[],
  isHeld: boolean,
): Transition | { refusal: string } {
  const fitting = transitionsBy(cause).filter(({ from }) => from === state);
  if (fitting.length === 0) return { refusal: `nothing called '${cause}' can happen in ${state}` };
  const allowed = fitting.filter(({ tenant }) => tenant === 'any' || (tenant === 'held') === isHeld);
  const missing = (allowed.length > 0 ? allowed : fitting).flatMap(({ requires }) =>
    requires.filter((kinds) => !kinds.some((kind) => proved.includes(kind))),
  );
  if (missing.length > 0)
    return { refusal: `'${cause}' needs ${[...new Set(missing.map((kinds) => kinds.join(' or ')))].join(', ')}` };
  const [way] = allowed;
  return way ?? { refusal: `'${cause}' is not possible ${isHeld ? 'while a tenant holds it' : 'without a tenant'}` };
}

const moveStatement = `
  WITH moved AS (
    UPDATE asset SET
      state = $2, state_since = $3, version = version + 1, last_cause = $4, last_step = $5,
      tenant_id = CASE WHEN $6 THEN $7 ELSE tenant_id END,
      disposition = COALESCE($8, disposition),
      condition = CASE WHEN condition = ANY ($14) THEN condition ELSE 'working' END,
      condition_detail = CASE WHEN condition = ANY ($14) THEN condition_detail ELSE '{}' END,
      condition_since = CASE WHEN condition = ANY ($14) THEN condition_since ELSE $3 END,
      alarmed_at = NULL, updated_at = $3
    WHERE id = $1
    RETURNING *
  ), logged AS (
    INSERT INTO event_log (id, type, source, subject, time, partition_key, tenant_id, datacenter_id, data)
    SELECT $9, $15, $10, id, $3, id, COALESCE(tenant_id, $17), datacenter_id, jsonb_build_object(
      'serverId', id, 'from', $16::text, 'to', state, 'cause', $4::text, 'version', version, 'datacenterId',
        datacenter_id, 'tenantId', tenant_id,
      'orderId', order_id, 'serial', serial, 'sagaId', $12::text, 'actor', $11::text, 'reason', $13::text)
    FROM moved RETURNING id
  ), queued AS (
    INSERT INTO outbox (event_id) SELECT id FROM logged
  )
  SELECT state, version FROM moved`;

export interface NewServer {
  id: ServerId;
  datacenterId: DatacenterId;
  config: ServerConfig;
  orderId?: OrderId;
  orderLineId?: OrderLineId;
  manufacturer?: string;
  model?: string;
  serial?: string;
  bmcMac?: string;
  macs?: readonly string[];
}

const origins = { 'order-accepted': 'bought', 'found-on-shelf': 'stock', adopted: 'adopted' } as const;

/** A server becomes known. Doing it twice for the same id changes nothing. */
export async function beginLife(
  db: Queryable,
  clock: Clock,
  cause: keyof typeof origins,
  server: NewServer,
  origin: Origin,
): Promise<void> {
  const [way] = transitionsBy(cause);
  if (!way)
    throw new AppError({
      code: 'lifecycle.unknown-cause',
      kind: 'bug',
      publicMessage: `The lifecycle knows no '${cause}'.`,
    });
  await db.run(beginStatement, [
    server.id,
    way.to,
    isoTime(clock.now()),
    cause,
    stepOf(origin),
    origins[cause],
    server.datacenterId,
    server.orderId ?? null,
    server.orderLineId ?? null,
    JSON.stringify(server.config),
    server.manufacturer ?? null,
    server.model ?? null,
    server.serial ?? null,
    server.bmcMac ?? null,
    server.macs ?? [],
    newId('event', clock.now()),
    topicTypes[way.to],
    source,
    origin.actor,
    origin.sagaId ?? null,
    origin.reason ?? null,
  ]);
}

const beginStatement = `
  WITH born AS (
    INSERT INTO asset (id, state, state_since, condition_since, created_at, updated_at, last_cause, last_step,
      origin, datacenter_id, order_id, bought_for, order_line_id, config, manufacturer, model, serial, bmc_mac, macs)
    VALUES ($1, $2, $3, $3, $3, $3, $4, $5, $6, $7, $8, CASE WHEN $6 = 'bought' THEN $8 END, $9, $10, $11, $12,
      $13, $14, $15)
    ON CONFLICT (id) DO NOTHING RETURNING *
  ), logged AS (
    INSERT INTO event_log (id, type, source, subject, time, partition_key, tenant_id, datacenter_id, data)
    SELECT $16, $17, $18, id, $3, id, tenant_id, datacenter_id, jsonb_build_object(
      'serverId', id, 'from', NULL, 'to', state, 'cause', $4::text, 'version', version, 'datacenterId', datacenter_id,
        'tenantId', tenant_id,
      'orderId', order_id, 'serial', serial, 'sagaId', $20::text, 'actor', $19::text, 'reason', $21::text)
    FROM born RETURNING id
  )
  INSERT INTO outbox (event_id) SELECT id FROM logged`;
