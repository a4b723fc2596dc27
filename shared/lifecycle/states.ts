import { z } from 'zod';
import { days, hours, minutes } from '../kernel/durations.ts';

export const stages = [
  'procurement',
  'receiving',
  'discovery',
  'provisioning',
  'delivery',
  'operations',
  'decommissioning',
] as const;
export type Stage = (typeof stages)[number];

export interface StateInfo {
  stage: Stage;
  /** Milliseconds after which staying is a breach; null where a server may rest. */
  leaveWithin: number | null;
  /** Who moves it on. */
  owner: 'platform' | 'vendor' | 'approver' | 'carrier' | 'technician' | 'tenant' | 'ops' | 'nobody';
  /** What happens next, as one would say it to a colleague. */
  next: string;
  /** The topic of the event that says a server entered this state. */
  topic: `assets.${string}`;
}

/** The life of one server. The specification's 22 words, and three more for what it left unsaid. */
export const states = {
  ORDERED: {
    stage: 'procurement',
    leaveWithin: hours(1),
    owner: 'platform',
    next: 'ask the vendors for quotes',
    topic: 'assets.ordered',
  },
  QUOTE_REQUESTED: {
    stage: 'procurement',
    leaveWithin: hours(24),
    owner: 'vendor',
    next: 'receive the quotes',
    topic: 'assets.quote_requested',
  },
  QUOTE_RECEIVED: {
    stage: 'procurement',
    leaveWithin: days(5),
    owner: 'approver',
    next: 'decide on the purchase',
    topic: 'assets.quote_received',
  },
  PURCHASE_APPROVED: {
    stage: 'procurement',
    leaveWithin: days(60),
    owner: 'vendor',
    next: 'build and ship it',
    topic: 'assets.purchase_approved',
  },
  SHIPMENT_TRACKING: {
    stage: 'procurement',
    leaveWithin: days(21),
    owner: 'carrier',
    next: 'deliver it',
    topic: 'assets.shipment_tracking',
  },
  RECEIVED: {
    stage: 'receiving',
    leaveWithin: null,
    owner: 'technician',
    next: 'rack it when an order needs it',
    topic: 'assets.received',
  },
  RACKED: { stage: 'receiving', leaveWithin: days(2), owner: 'technician', next: 'cable it', topic: 'assets.racked' },
  CABLED: {
    stage: 'receiving',
    leaveWithin: hours(8),
    owner: 'technician',
    next: 'see its BMC ask for an address',
    topic: 'assets.cabled',
  },
  POWERED_ON: {
    stage: 'discovery',
    leaveWithin: minutes(5),
    owner: 'platform',
    next: 'find out who it is',
    topic: 'assets.powered_on',
  },
  DISCOVERED: {
    stage: 'discovery',
    leaveWithin: hours(2),
    owner: 'platform',
    next: 'check every part and cable',
    topic: 'assets.discovered',
  },
  PHYSICAL_VALIDATED: {
    stage: 'discovery',
    leaveWithin: hours(4),
    owner: 'platform',
    next: 'bring its firmware up to date',
    topic: 'assets.validated',
  },
  FIRMWARE_UPDATING: {
    stage: 'provisioning',
    leaveWithin: hours(6),
    owner: 'platform',
    next: 'harden it',
    topic: 'assets.firmware_updating',
  },
  HARDENED: {
    stage: 'provisioning',
    leaveWithin: hours(4),
    owner: 'platform',
    next: 'burn it in',
    topic: 'assets.hardened',
  },
  STAGED: {
    stage: 'provisioning',
    leaveWithin: hours(30),
    owner: 'platform',
    next: 'apply its profile in the vendor tool',
    topic: 'assets.staged',
  },
  PROVISIONED_TO_VENDOR_TOOL: {
    stage: 'provisioning',
    leaveWithin: hours(1),
    owner: 'platform',
    next: 'declare it ready',
    topic: 'assets.provisioned',
  },
  READY: {
    stage: 'provisioning',
    leaveWithin: null,
    owner: 'nobody',
    next: 'wait for a tenant',
    topic: 'assets.ready',
  },
  ASSIGNED_TO_TENANT: {
    stage: 'delivery',
    leaveWithin: hours(24),
    owner: 'platform',
    next: 'hand it over',
    topic: 'assets.assigned',
  },
  IN_SERVICE: { stage: 'delivery', leaveWithin: null, owner: 'tenant', next: 'serve', topic: 'assets.in_service' },
  MAINTENANCE: {
    stage: 'operations',
    leaveWithin: days(2),
    owner: 'ops',
    next: 'end the maintenance',
    topic: 'assets.maintenance',
  },
  SANITIZING: {
    stage: 'decommissioning',
    leaveWithin: hours(48),
    owner: 'platform',
    next: 'prove that every drive is erased',
    topic: 'assets.sanitizing',
  },
  DECOMMISSION_PROPOSED: {
    stage: 'decommissioning',
    leaveWithin: days(30),
    owner: 'tenant',
    next: 'decide on the proposal',
    topic: 'assets.decommission_proposed',
  },
  DECOMMISSIONING: {
    stage: 'decommissioning',
    leaveWithin: hours(72),
    owner: 'technician',
    next: 'take it out of the rack',
    topic: 'assets.decommissioning',
  },
  DECOMMISSIONED: {
    stage: 'decommissioning',
    leaveWithin: null,
    owner: 'nobody',
    next: 'nothing: its life is over',
    topic: 'assets.decommissioned',
  },
  CANCELLED: {
    stage: 'procurement',
    leaveWithin: null,
    owner: 'nobody',
    next: 'nothing: it was never bought',
    topic: 'assets.cancelled',
  },
  RETURNED_TO_VENDOR: {
    stage: 'receiving',
    leaveWithin: null,
    owner: 'nobody',
    next: 'nothing: it went back',
    topic: 'assets.returned_to_vendor',
  },
} as const satisfies Record<string, StateInfo>;

export type State = keyof typeof states;
export const State = z.enum(Object.keys(states) as [State, ...State[]]);

/** The specification's own words, in its order: a server that is bought, used and scrapped passes all of them. */
export const specifiedStates = [
  'ORDERED',
  'QUOTE_REQUESTED',
  'QUOTE_RECEIVED',
  'PURCHASE_APPROVED',
  'SHIPMENT_TRACKING',
  'RECEIVED',
  'RACKED',
  'CABLED',
  'POWERED_ON',
  'DISCOVERED',
  'PHYSICAL_VALIDATED',
  'FIRMWARE_UPDATING',
  'HARDENED',
  'STAGED',
  'PROVISIONED_TO_VENDOR_TOOL',
  'READY',
  'ASSIGNED_TO_TENANT',
  'IN_SERVICE',
  'MAINTENANCE',
  'DECOMMISSION_PROPOSED',
  'DECOMMISSIONING',
  'DECOMMISSIONED',
] as const satisfies readonly State[];

/** How a server is doing beside the state it is in. An error changes this, never the state. */
export const Condition = z.enum(['working', 'waiting', 'held', 'failed', 'stuck', 'quarantined']);
export type Condition = z.infer<typeof Condition>;
/** Those that no move of a server takes away: a person says when they end. */
export const liftedByPeople: readonly Condition[] = ['held', 'quarantined'];

/** What became of a server at the end. */
export const Disposition = z.enum(['retired', 'resold', 'destroyed', 'returned', 'lost']);
export type Disposition = z.infer<typeof Disposition>;
