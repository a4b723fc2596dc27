import { z } from 'zod';
import { eventType, type EventType } from '../events/event-type.ts';
import { proofKinds } from './proof-kinds.ts';
import { State, states, type StateInfo } from './states.ts';

/** What every change of a server's state says. */
export const AssetChanged = z.object({
  serverId: z.string(),
  from: State.nullable(),
  to: State,
  cause: z.string(),
  version: z.number().int(),
  datacenterId: z.string(),
  tenantId: z.string().nullable(),
  orderId: z.string().nullable(),
  serial: z.string().nullable(),
  sagaId: z.string().nullable(),
  actor: z.string(),
  reason: z.string().nullable(),
});
export type AssetChanged = z.infer<typeof AssetChanged>;

/** States that are a tenant's own business: it holds the server, or loses it. */
const tenantsStates: readonly State[] = [
  'ASSIGNED_TO_TENANT',
  'IN_SERVICE',
  'MAINTENANCE',
  'DECOMMISSION_PROPOSED',
  'SANITIZING',
];

type StateTopic = (typeof states)[State]['topic'];
const ours = { staff: 'asset:read' } as const;
const tenants = {
  ...ours,
  tenant: { may: 'server:read', fields: ['serverId', 'orderId', 'tenantId', 'datacenterId', 'from', 'to'] },
} as const;

/** One kind per state: that a server entered it. They are written by `applyTransition` and `beginLife`. */
const entered = (Object.entries(states) as [State, StateInfo & { topic: StateTopic }][]).map(
  ([state, { topic }]): EventType<StateTopic, typeof AssetChanged, typeof ours | typeof tenants> =>
    eventType(topic, AssetChanged, tenantsStates.includes(state) ? tenants : ours),
);

/** A server was given up: it is in quarantine. */
export const assetFailed = eventType(
  'assets.failed',
  z.object({
    serverId: z.string(),
    state: State,
    condition: z.string(),
    reason: z.string(),
    datacenterId: z.string(),
  }),
  ours,
);
export const quarantineLifted = eventType(
  'assets.quarantine_lifted',
  z.object({ serverId: z.string(), by: z.string(), reason: z.string() }),
  ours,
);

/** Something was proved of a server. The digest of its evidence is sealed into the chain of events with it. */
export const assetProved = eventType(
  'assets.proved',
  z.object({
    serverId: z.string(),
    proofId: z.string(),
    kind: z.enum(proofKinds),
    evidenceSha256: z.string(),
    by: z.string(),
    sagaId: z.string().nullable(),
  }),
  ours,
);
/** What was proved of a server is no longer true. */
export const proofsVoided = eventType(
  'assets.proofs_voided',
  z.object({
    serverId: z.string(),
    proofs: z.array(z.object({ id: z.string(), kind: z.enum(proofKinds) })),
    reason: z.string(),
    by: z.string(),
    sagaId: z.string().nullable(),
  }),
  ours,
);

export const lifecycleEvents = [...entered, assetFailed, quarantineLifted, assetProved, proofsVoided] as const;
