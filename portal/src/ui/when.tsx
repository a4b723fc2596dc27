import { useNow } from './clock.ts';
import { exactTime, isPast, relativeTime } from './relative-time.ts';

/** `3 minutes ago`, with the exact moment behind it. */
export function When({ at }: { at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={exactTime(at)}>
      {relativeTime(at, now)}
    </time>
  );
}

/**
 * A time by which something must have happened: `due in 3 days`, marked as `was due 2 hours ago` when it has passed.
 * `lead` is said before a time to come.
 */
export function Due({ at, lead = 'due' }: { at: string; lead?: string }) {
  const now = useNow();
  const isOverdue = isPast(at, now);
  return (
    <time dateTime={at} title={exactTime(at)} className={isOverdue ? 'overdue' : undefined}>
      {`${isOverdue ? 'was due' : lead} ${relativeTime(at, now)}`.trim()}
    </time>
  );
}
