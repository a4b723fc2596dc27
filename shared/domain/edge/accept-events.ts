import type { Publisher } from '../../events/relay.ts';
import type { Database } from '../../kernel/database/database.ts';
import { recordAnswers } from './commands.db.ts';
import type { EdgeEvent } from './edge.api.ts';
import { publishReports } from './reports.ts';

/**
 * Stores what an agent sent, in one transaction: answers to commands on their rows, reports on the bus. Afterwards the
 * agent may drop the events. Accepting them again changes nothing.
 */
export async function acceptEvents(
  agentId: string,
  events: readonly EdgeEvent[],
  { db, publisher }: { db: Database; publisher: Publisher },
): Promise<void> {
  const answers = events.filter((each) => each.kind === 'command-answer');
  const reports = events.filter((each) => each.kind !== 'command-answer');
  await db.transaction(async (tx) => {
    if (answers.length > 0) await recordAnswers(tx, agentId, answers);
    if (reports.length > 0) await publishReports(tx, publisher, reports);
  });
}
