import { z } from 'zod';
import { typeOf } from '../events/event-type.ts';
import { source } from '../events/log.ts';
import type { ServerConfig } from '../facts/server.ts';
import { isoTime, type Clock } from '../kernel/clock.ts';
import type { Queryable } from '../kernel/database/database.ts';
import { AppError } from '../kernel/errors/app-error.ts';
import { type DatacenterId, type OrderId, type OrderLineId, type ServerId, type TenantId } from '../kernel/ids.ts';
import { newId } from '../kernel/new-id.ts';
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
const Standing = Moved.extend({
  last_cause: z.string(),
  last_step: z.string().nullable(),
  proofs: z.array(z.string()),
  tenant_id: z.string().nullable(),
});

const topicTypes = Object.fromEntries(
  (Object.entries(states) as [State, StateInfo][]).map(([state, { topic }]) => [state, typeOf(topic)]),
);

/**
 * The one place where a server's state is written: a single statement checks where the server is and what it
 * has proved, moves it, and appends the event to log and outbox. Asking again from the same step answers
 * `already`. Throws AppError `asset.unknown` for a server that does not exist.
 */
export async function applyTransition(
  db: Queryable,
  clock: Clock,
  serverId: ServerId,
  cause: Cause,
  origin: Origin,
  changes: StateChanges = {},
): Promise<Applied> {
  const ways = transitionsBy(cause).filter((way): way is Transition & { from: State } => way.from !== null);
  const [moved] = await db.many(Moved, moveStatement, [
    serverId,
    JSON.stringify(
      ways.map(({ from, to, requires, proves, voids, tenant }) => ({
        from,
        to,
        requires,
        proves,
        voids,
        tenant,
        type: topicTypes[to],
      })),
    ),
    isoTime(clock.now()),
    cause,
    origin.sagaId ? `${origin.sagaId} ${origin.stepKey ?? ''}` : null,
    changes.tenantId !== undefined,
    changes.tenantId ?? null,
    changes.disposition ?? null,
    newId('event', clock.now()),
    source,
    origin.actor,
    origin.sagaId ?? null,
    origin.reason ?? null,
    liftedByPeople,
  ]);
  if (moved) return { outcome: 'moved', ...moved };

  const standing = await db.maybe(
    Standing,
    'SELECT state, version, last_cause, last_step, proofs, tenant_id FROM asset WHERE id = $1',
    [serverId],
  );
  if (!standing) throw unknownServer(serverId);
  const { state, version } = standing;
  const isRepeat =
    standing.last_cause === cause &&
    origin.sagaId !== undefined &&
    standing.last_step === `${origin.sagaId} ${origin.stepKey ?? ''}`;
  return isRepeat
    ? { outcome: 'already', state, version }
    : { outcome: 'refused', state, reason: whyNot(standing, ways, cause) };
}

// `old` is locked first, so two writers take turns; the event is written from the row as it then is.
const moveStatement = `
  WITH way AS (
    SELECT * FROM jsonb_to_recordset($2) AS w ("from" text, "to" text, requires text[], proves text[], voids text[],
      tenant text, type text)
  ), old AS (
    SELECT * FROM asset WHERE id = $1 FOR UPDATE
  ), moved AS (
    UPDATE asset SET
      state = way."to", state_since = $3, version = asset.version + 1, last_cause = $4, last_step = $5,
      proofs = ARRAY (SELECT proof FROM unnest(old.proofs || way.proves) AS proof WHERE proof <> ALL (way.voids)
        GROUP BY proof ORDER BY proof),
      tenant_id = CASE WHEN $6 THEN $7 ELSE asset.tenant_id END,
      disposition = COALESCE($8, asset.disposition),
      condition = CASE WHEN old.condition = ANY ($14) THEN old.condition ELSE 'working' END, condition_detail = CASE
        WHEN old.condition = ANY ($14) THEN old.condition_detail ELSE '{}' END,
      condition_since = CASE WHEN old.condition = ANY ($14) THEN old.condition_since
        ELSE $3 END, alarmed_at = NULL, updated_at = $3
    FROM old, way
    WHERE asset.id = old.id AND way."from" = old.state AND old.proofs @> way.requires
      AND (way.tenant = 'any' OR (way.tenant = 'held') = ((CASE WHEN $6 THEN $7 ELSE old.tenant_id END) IS NOT NULL))
    RETURNING asset.*, old.state AS from_state, way.type AS event_type, COALESCE(asset.tenant_id,
      old.tenant_id) AS event_tenant
  ), logged AS (
    INSERT INTO event_log (id, type, source, subject, time, partition_key, tenant_id, datacenter_id, data)
    SELECT $9, event_type, $10, id, $3, id, event_tenant, datacenter_id, jsonb_build_object(
      'serverId', id, 'from', from_state, 'to', state, 'cause', $4::text, 'version', version, 'datacenterId',
        datacenter_id, 'tenantId', tenant_id,
      'orderId', order_id, 'serial', serial, 'sagaId', $12::text, 'actor', $11::text, 'reason', $13::text)
    FROM moved RETURNING id
  ), queued AS (
    INSERT INTO outbox (event_id) SELECT id FROM logged
  )
  SELECT state, version FROM moved`;

function whyNot(
  standing: z.infer<typeof Standing>,
  ways: readonly (Transition & { from: State })[],
  cause: Cause,
): string {
  const fitting = ways.filter(({ from }) => from === standing.state);
  if (fitting.length === 0) return `nothing called '${cause}' can happen in ${standing.state}`;
  const missing = fitting.flatMap(({ requires }) => requires.filter((proof) => !standing.proofs.includes(proof)));
  if (missing.length > 0) return `'${cause}' needs ${[...new Set(missing)].join(', ')}`;
  return (
    `'${cause}' is not possible ` +
    `${standing.tenant_id ? `while tenant ${standing.tenant_id} holds the server` : 'without a tenant'}`
  );
}

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
    way.proves,
    cause,
    origin.sagaId ? `${origin.sagaId} ${origin.stepKey ?? ''}` : null,
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
    INSERT INTO asset (id, state, state_since, condition_since, created_at, updated_at, proofs, last_cause, last_step,
      origin, datacenter_id, order_id, bought_for, order_line_id, config, manufacturer, model, serial, bmc_mac, macs)
    VALUES ($1, $2, $3, $3, $3, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $7 = 'bought' THEN $9 END, $10, $11, $12, $13,
      $14, $15, $16)
    ON CONFLICT (id) DO NOTHING RETURNING *
  ), logged AS (
    INSERT INTO event_log (id, type, source, subject, time, partition_key, tenant_id, datacenter_id, data)
    SELECT $17, $18, $19, id, $3, id, tenant_id, datacenter_id, jsonb_build_object(
      'serverId', id, 'from', NULL, 'to', state, 'cause', $5::text, 'version', version, 'datacenterId', datacenter_id,
        'tenantId', tenant_id,
      'orderId', order_id, 'serial', serial, 'sagaId', $21::text, 'actor', $20::text, 'reason', $22::text)
    FROM born RETURNING id
  )
  INSERT INTO outbox (event_id) SELECT id FROM logged`;

const unknownServer = (serverId: ServerId) =>
  new AppError({ code: 'asset.unknown', kind: 'not-found', publicMessage: `There is no server ${serverId}.` });
