import { approvalsApi } from '../domain/approvals/approvals.api.ts';
import { assetsApi, serversApi } from '../domain/assets/assets.api.ts';
import { credentialsApi } from '../domain/credentials/credentials.api.ts';
import { datacentersApi } from '../domain/datacenters/datacenters.api.ts';
import { decommissionsApi } from '../domain/decommissions/decommissions.api.ts';
import { agentsApi } from '../domain/edge/agents.api.ts';
import { uplinkApi } from '../domain/edge/uplink.api.ts';
import { maintenanceApi } from '../domain/maintenance/maintenance.api.ts';
import { ordersApi } from '../domain/orders/orders.api.ts';
import { procurementApi } from '../domain/procurement/procurement.api.ts';
import { proofsApi } from '../domain/proofs/proofs.api.ts';
import { receivingApi } from '../domain/receiving/receiving.api.ts';
import { shipmentsApi } from '../domain/receiving/shipments.api.ts';
import { sagasApi } from '../domain/sagas/sagas.api.ts';
import { systemsApi } from '../domain/systems/systems.api.ts';
import { tasksApi } from '../domain/tasks/tasks.api.ts';
import { deadLettersApi } from '../events/dead-letters.api.ts';
import { eventsApi } from '../events/events.api.ts';
import type { Contract } from '../kernel/api/contract.ts';
import { auditApi } from './audit.api.ts';
import type { Action } from './caller.ts';
import { meApi } from './me.api.ts';

/** A contract whose permission is one of the table's. */
export type ApiContract = Contract<Action>;

/**
 * The contract of every endpoint of the API, by the noun that it is about. Frame, OpenAPI document and the portal's
 * client derive from it. Nothing behind it needs a server: a browser may import it.
 */
export const apis = {
  agents: agentsApi,
  approvals: approvalsApi,
  assets: assetsApi,
  audit: auditApi,
  credentials: credentialsApi,
  datacenters: datacentersApi,
  deadLetters: deadLettersApi,
  decommissions: decommissionsApi,
  events: eventsApi,
  maintenance: maintenanceApi,
  me: meApi,
  orders: ordersApi,
  procurement: procurementApi,
  proofs: proofsApi,
  receiving: receivingApi,
  sagas: sagasApi,
  servers: serversApi,
  shipments: shipmentsApi,
  systems: systemsApi,
  tasks: tasksApi,
  uplink: uplinkApi,
} as const satisfies Readonly<Record<string, Readonly<Record<string, ApiContract>>>>;

export const contracts: readonly ApiContract[] = Object.values(apis).flatMap((api): ApiContract[] =>
  Object.values(api),
);

type MembersOf<T> = T extends unknown ? T[keyof T] : never;
/** Any one contract, as narrow as it was declared. */
export type AnyContract = MembersOf<(typeof apis)[keyof typeof apis]>;
/** The contracts by route: `Contracts['GET /v1/orders/{id}']`. With `Sent` and `Answer` it types a whole client. */
export type Contracts = { [C in AnyContract as C['route']]: C };
