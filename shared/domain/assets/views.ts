import type { z } from 'zod';
import type { CloudEvent } from '../../events/cloud-event.ts';
import { isoTime } from '../../kernel/clock.ts';
import { AssetChanged } from '../../lifecycle/events.ts';
import { states } from '../../lifecycle/states.ts';
import type { BmcHealth } from '../health/bmc-health.db.ts';
import { healthView } from '../health/views.ts';
import type { Finding } from '../validation/findings.db.ts';
import { findingView } from '../validation/views.ts';
import type { AssetView, AssetDetail, HistoryEntry } from './assets.api.ts';
import type { AssetSummary, Asset } from './assets.db.ts';
import { assetObserved } from './events.ts';

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
export const assetDetail = (
  asset: Asset,
  findings: readonly Finding[],
  health: BmcHealth | undefined,
): z.input<typeof AssetDetail> => ({
  ...assetView(asset),
  facts: asset.facts,
  measured: asset.measured,
  findings: findings.map(findingView),
  health: health ? healthView(health) : null,
});

/** What a server's own events tell of its life, in their order. */
export const historyOf = (events: readonly Pick<CloudEvent, 'id' | 'time' | 'data'>[]): HistoryEntry[] =>
  events.flatMap(({ id, time, data }): HistoryEntry[] => {
    const common = { at: time, eventId: id };
    const change = AssetChanged.safeParse(data);
    if (change.success) {
      const { from, to, cause, actor, reason, sagaId } = change.data;
      return [{ ...common, kind: 'state', from, to, cause, actor, reason, sagaId }];
    }
    const observed = assetObserved.data.safeParse(data);
    return observed.success ? [{ ...common, kind: observed.data.kind, what: observed.data.what }] : [];
  });
