import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import type { Log } from '../../kernel/log/log.ts';

/** What recording a report needs. */
export interface ReportDeps {
  db: Database;
  clock: Clock;
  log: Log;
  /** Passes on what the outbox holds. */
  relay: { kick(): void };
}
