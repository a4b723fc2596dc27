export type Tone = 'good' | 'going' | 'waiting' | 'bad' | 'quiet';

const tones: Record<Tone, readonly string[]> = {
  good: ['READY', 'IN_SERVICE', 'fulfilled', 'done', 'approved', 'received', 'delivered', 'working', 'quoted', 'accepted', 'replayed', 'resolved', 'fixed', 'ok'],
  waiting: [
    'QUOTE_REQUESTED', 'QUOTE_RECEIVED', 'PURCHASE_APPROVED', 'SHIPMENT_TRACKING', 'MAINTENANCE', 'DECOMMISSION_PROPOSED', 'waiting', 'held', 'open', 'proposed', 'requested', 'announced', 'expected',
    'cancel-requested', 'minor', 'warning',
  ],
  bad: ['failed', 'stuck', 'quarantined', 'rejected', 'exception', 'undo-failed', 'major', 'not-fixed', 'critical', 'silent', 'RETURNED_TO_VENDOR'],
  quiet: ['CANCELLED', 'DECOMMISSIONED', 'cancelled', 'withdrawn', 'declined', 'expired', 'undone', 'skipped', 'discarded', 'taken-back', 'not-needed', 'next', 'returned', 'info', 'waived', 'nothing-wrong', 'note', 'unknown'],
  going: [],
};
const toneOf = new Map(Object.entries(tones).flatMap(([tone, names]) => names.map((name) => [name, tone as Tone] as const)));

/** How a state of anything reads at a glance. What is not listed is on its way. */
export const tone = (state: string): Tone => toneOf.get(state) ?? 'going';
