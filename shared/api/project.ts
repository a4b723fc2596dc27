import type { z } from 'zod';
import { isoTime } from '../clock.ts';
import type { Asset, AssetSummary } from '../db/assets.ts';
import type { BmcHealth } from '../db/bmc-health.ts';
import type { BmcLogEntry } from '../db/bmc-log.ts';
import type { Decommission } from '../db/decommissions.ts';
import { stateOf, type Finding } from '../db/findings.ts';
import type { Approval, Shipment, ShipmentItem } from '../db/procurement.ts';
import { AssetChanged, catalog } from '../events/catalog.ts';
import type { CloudEvent } from '../events/cloud-event.ts';
import type { Caller } from '../http/caller.ts';
import { states } from '../lifecycle/states.ts';
import type {
  AssetDetail,
  AssetView,
  BmcLogLine,
  DecommissionView,
  FindingView,
  HealthView,
  HistoryEntry,
} from './operations.ts';
import type { ApprovalView, ShipmentView } from './orders.ts';

/** Rows as the API shows them: what is derived is added here, what must not leave is left out by the views. */
export function assetView(asset: AssetSummary): z.input<typeof AssetView> {
  const { stage, owner, next, leaveWithin } = states[asset.state];
  return {
    ...asset,
    stage,
    owner,
    next,
    leaveBy: leaveWithin === null ? null : isoTime(Date.parse(asset.stateSince) + leaveWithin),
  };
}

const findingView = (finding: Finding): z.input<typeof FindingView> => ({ ...finding, state: stateOf(finding) });
export const assetDetail = (
  asset: Asset,
  findings: readonly Finding[],
  health: BmcHealth | undefined,
): z.input<typeof AssetDetail> => ({
  ...assetView(asset),
  facts: asset.facts,
  inventory: asset.inventory,
  findings: findings.map(findingView),
  health: health ? healthView(health) : null,
});

/** In the order in which one wants to know of them. */
const gravest = ['critical', 'warning', 'unknown', 'ok'];
const healthView = (health: BmcHealth): HealthView => ({
  ...health,
  sensors: health.sensors.toSorted(
    (one, other) => gravest.indexOf(one.health ?? 'ok') - gravest.indexOf(other.health ?? 'ok'),
  ),
});
export const logLine = ({ sequence, ...entry }: BmcLogEntry): BmcLogLine => ({ ...entry, id: String(sequence) });

/** What a server's own events tell of its life, in their order. */
export const historyOf = (events: readonly Pick<CloudEvent, 'id' | 'time' | 'data'>[]): HistoryEntry[] =>
  events.flatMap(({ id, time, data }): HistoryEntry[] => {
    const common = { at: time, eventId: id };
    const change = AssetChanged.safeParse(data);
    if (change.success) {
      const { from, to, cause, actor, reason, sagaId } = change.data;
      return [{ ...common, kind: 'state', from, to, cause, actor, reason, sagaId }];
    }
    const observed = catalog['assets.observed'].safeParse(data);
    return observed.success ? [{ ...common, kind: observed.data.kind, what: observed.data.what }] : [];
  });

export const shipmentView = (shipment: Shipment, items: readonly ShipmentItem[]): z.input<typeof ShipmentView> => ({
  ...shipment,
  items: items.map(({ serial, serverId, manifest, state, receivedBy, receivedAt, scanned }) => ({
    serial,
    serverId,
    manufacturer: manifest.manufacturer,
    model: manifest.model,
    macs: manifest.macs,
    bmcMac: manifest.bmcMac,
    state,
    receivedBy,
    receivedAt,
    note: scanned?.note ?? null,
  })),
});

/** Why this caller may not decide, in words; null when they may. Nobody decides on what they asked for themselves. */
export function decisionBlocked(caller: Caller, approval: Approval): string | null {
  if (approval.state !== 'open')
    return `It was ${approval.state}${approval.decidedBy ? ` by ${approval.decidedBy}` : ''}.`;
  const action = approval.kind === 'purchase' ? 'purchase:decide' : 'decommission:decide';
  if (!caller.may(action, { tenantId: approval.tenantId })) return 'Your role does not decide this.';
  if (approval.requestedById === caller.id) return 'You asked for it: somebody else has to decide.';
  return null;
}
export const approvalView = (caller: Caller, approval: Approval): z.input<typeof ApprovalView> => ({
  ...approval,
  decisionBlockedBecause: decisionBlocked(caller, approval),
});

export const decommissionView = (wish: Decommission): z.input<typeof DecommissionView> => ({
  ...wish,
  sagaId: `decommission-server-${wish.id}`,
});
