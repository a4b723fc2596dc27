import { commissioned, noDataLeft, untrueAfterTenant, type ProofKind, type Requirement } from './proof-kinds.ts';
import type { State } from './states.ts';

export interface Transition {
  /** null: the server becomes known. */
  from: State | null;
  cause: string;
  to: State;
  /** Each of them has to be met by a live proof. */
  requires: readonly Requirement[];
  /** Kinds of proof that are no longer true afterwards. */
  voids: readonly ProofKind[];
  /** Only while a tenant holds it, only while none does, or either. */
  tenant: 'held' | 'none' | 'any';
}

type Row = readonly [
  from: State | null,
  cause: string,
  to: State,
  more?: Partial<Pick<Transition, 'requires' | 'voids' | 'tenant'>>,
];

/**
 * What READY rests on. A tenant's access voids all of it, so no path leads from one tenant to the next without it,
 * whatever states lie between.
 */
export const fitForTenant: readonly Requirement[] = [noDataLeft, ['firmware-checked'], ['credentials-rotated']];

const withdrawn = { voids: commissioned } as const;
const leftByTenant = { voids: [...untrueAfterTenant, 'handed-over'] } as const;

/** `[from, cause, to]`: everything that can happen to a server. Nothing else can. */
const rows = [
  // how a server becomes known
  [null, 'order-accepted', 'ORDERED'],
  [null, 'found-on-shelf', 'RECEIVED'],
  [null, 'adopted', 'IN_SERVICE'], // already running; taken over without being touched

  // procurement
  ['ORDERED', 'quotes-requested', 'QUOTE_REQUESTED'],
  ['QUOTE_REQUESTED', 'quotes-received', 'QUOTE_RECEIVED'],
  ['QUOTE_RECEIVED', 'quote-expired', 'QUOTE_REQUESTED'],
  ['QUOTE_RECEIVED', 'purchase-approved', 'PURCHASE_APPROVED'],
  ['PURCHASE_APPROVED', 'shipped', 'SHIPMENT_TRACKING'],
  ['ORDERED', 'cancelled', 'CANCELLED'],
  ['QUOTE_REQUESTED', 'cancelled', 'CANCELLED'],
  ['QUOTE_RECEIVED', 'cancelled', 'CANCELLED'],
  ['PURCHASE_APPROVED', 'cancelled', 'CANCELLED'],
  ['SHIPMENT_TRACKING', 'cancelled', 'CANCELLED'],

  // receiving; each physical step has its way back
  ['SHIPMENT_TRACKING', 'goods-received', 'RECEIVED'],
  ['SHIPMENT_TRACKING', 'returned', 'RETURNED_TO_VENDOR'], // refused at the dock
  ['RECEIVED', 'returned', 'RETURNED_TO_VENDOR', { tenant: 'none' }],
  ['RECEIVED', 'racked', 'RACKED'],
  ['RACKED', 'unracked', 'RECEIVED'],
  ['RACKED', 'cabled', 'CABLED'],
  ['CABLED', 'uncabled', 'RACKED'],

  // discovery
  ['CABLED', 'bmc-answered', 'POWERED_ON'],
  ['POWERED_ON', 'bmc-forgotten', 'CABLED'],
  ['POWERED_ON', 'identified', 'DISCOVERED'],
  ['DISCOVERED', 'identity-withdrawn', 'POWERED_ON'],
  ['DISCOVERED', 'validated', 'PHYSICAL_VALIDATED', { requires: [['validated']] }],
  ['PHYSICAL_VALIDATED', 'validation-withdrawn', 'DISCOVERED', { voids: ['validated'] }],
  // its drives could not be proved to be erased
  ['SANITIZING', 'validation-withdrawn', 'DISCOVERED', { voids: ['validated'], tenant: 'none' }],

  // provisioning
  ['PHYSICAL_VALIDATED', 'firmware-started', 'FIRMWARE_UPDATING'],
  [
    'FIRMWARE_UPDATING',
    'hardened',
    'HARDENED',
    { requires: [['firmware-checked'], ['credentials-rotated'], ['hardened']] },
  ],
  ['HARDENED', 'burned-in', 'STAGED', { requires: [['burned-in']] }],
  ['STAGED', 'profile-applied', 'PROVISIONED_TO_VENDOR_TOOL', { requires: [['profile-applied']] }],
  ['PROVISIONED_TO_VENDOR_TOOL', 'made-ready', 'READY', { requires: fitForTenant, tenant: 'none' }],
  ['FIRMWARE_UPDATING', 'commissioning-withdrawn', 'PHYSICAL_VALIDATED', withdrawn],
  ['HARDENED', 'commissioning-withdrawn', 'PHYSICAL_VALIDATED', withdrawn],
  ['STAGED', 'commissioning-withdrawn', 'PHYSICAL_VALIDATED', withdrawn],
  ['PROVISIONED_TO_VENDOR_TOOL', 'commissioning-withdrawn', 'PHYSICAL_VALIDATED', withdrawn],
  ['READY', 'commissioning-withdrawn', 'PHYSICAL_VALIDATED', withdrawn],

  // delivery
  ['READY', 'assigned', 'ASSIGNED_TO_TENANT'],
  ['ASSIGNED_TO_TENANT', 'unassigned', 'READY', { requires: fitForTenant }], // the tenant never held its credentials
  [
    'ASSIGNED_TO_TENANT',
    'handed-over',
    'IN_SERVICE',
    { requires: [['handed-over']], tenant: 'held', voids: untrueAfterTenant },
  ],

  // operations
  ['IN_SERVICE', 'maintenance-started', 'MAINTENANCE'],
  ['MAINTENANCE', 'maintenance-ended', 'IN_SERVICE'],
  // a moved server or a new board is a stranger until validated
  ['MAINTENANCE', 're-boarded', 'POWERED_ON', { voids: ['validated', ...commissioned] }],
  ['PHYSICAL_VALIDATED', 'revalidated', 'MAINTENANCE', { tenant: 'held' }],

  // between tenants and before disposal
  ['IN_SERVICE', 'released', 'SANITIZING', leftByTenant],
  ['MAINTENANCE', 'released', 'SANITIZING', leftByTenant],
  ['PHYSICAL_VALIDATED', 'erase-needed', 'SANITIZING', { tenant: 'none' }], // found on a shelf: who knows whose it was
  ['SANITIZING', 'erased', 'PHYSICAL_VALIDATED', { requires: [['erase-verified']], tenant: 'none' }],

  // decommissioning
  ['IN_SERVICE', 'decommission-proposed', 'DECOMMISSION_PROPOSED'],
  ['READY', 'decommission-proposed', 'DECOMMISSION_PROPOSED'],
  ['DECOMMISSION_PROPOSED', 'proposal-declined', 'IN_SERVICE', { tenant: 'held' }],
  ['DECOMMISSION_PROPOSED', 'proposal-declined', 'READY', { tenant: 'none', requires: fitForTenant }],
  ['DECOMMISSION_PROPOSED', 'decommission-approved', 'SANITIZING', leftByTenant],
  ['SANITIZING', 'erased-for-disposal', 'DECOMMISSIONING', { requires: [['erase-verified']], tenant: 'none' }],
  ['SANITIZING', 'erase-impossible', 'DECOMMISSIONING', { tenant: 'none' }], // then only destruction is left
  ['DECOMMISSIONING', 'disposed', 'DECOMMISSIONED', { requires: [['erase-verified']], tenant: 'none' }],
  ['DECOMMISSIONING', 'destroyed', 'DECOMMISSIONED', { tenant: 'none' }],
  ['SHIPMENT_TRACKING', 'declared-lost', 'DECOMMISSIONED'],
  ['RECEIVED', 'declared-lost', 'DECOMMISSIONED'],
  ['DECOMMISSIONING', 'declared-lost', 'DECOMMISSIONED'],
] as const satisfies readonly Row[];

export type Cause = (typeof rows)[number][1];

export const transitions: readonly (Transition & { cause: Cause })[] = rows.map(([from, cause, to, more]: Row) => ({
  from,
  cause: cause as Cause,
  to,
  requires: [],
  voids: [],
  tenant: 'any',
  ...more,
}));

/** Every way a cause can move a server. */
export const transitionsBy = (cause: Cause): readonly Transition[] =>
  transitions.filter((each) => each.cause === cause);

/** What may happen to a server in this state. */
export const causesFrom = (state: State): readonly Cause[] => [
  ...new Set(transitions.filter((each) => each.from === state).map((each) => each.cause)),
];
