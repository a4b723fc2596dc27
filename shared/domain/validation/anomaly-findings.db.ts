import { isoTime, type Clock } from '../../kernel/clock.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import { ServerId, type TaskId } from '../../kernel/ids.ts';
import type { Evidence, FindingKind, Severity } from './finding.ts';
import { openFindings, tellOfFindings } from './findings.db.ts';

/** What somebody has to go and look at, beside what comparing measured parts finds. */
export interface AnomalyFinding {
  place: string;
  expected: string;
  found: string;
  /** What the agent saw, in a sentence. */
  said: string;
  /** What may have happened, and what puts it right. */
  hint: string;
}
const kind: FindingKind = 'anomaly';
/** An address proves nothing: nobody is kept from going on for it. */
const severity: Severity = 'minor';

/** The finding stands as long as the task does that has it looked at. Opening it again changes nothing. */
export async function openAnomalyFinding(
  tx: Queryable,
  clock: Clock,
  server: { id: ServerId; datacenterId: string },
  taskId: TaskId,
  { place, expected, found, said, hint }: AnomalyFinding,
): Promise<void> {
  const evidence: Evidence[] = [{ source: 'edge-agent', said }];
  const opened = await tx.run(
    `INSERT INTO finding (id, server_id, kind, severity, place, expected, found, evidence, hint, found_at, seen_at,
      task_id, instruction) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $9) ON CONFLICT DO NOTHING`,
    [
      findingOf(taskId),
      server.id,
      kind,
      severity,
      place,
      expected,
      found,
      JSON.stringify(evidence),
      hint,
      isoTime(clock.now()),
      taskId,
    ],
  );
  if (opened > 0) await tellOfFindings(tx, clock, server, await openFindings(tx, server.id));
}

/** Somebody has looked. */
export async function resolveAnomalyFinding(
  tx: Queryable,
  clock: Clock,
  task: { id: TaskId; serverId: string | null; datacenterId: string },
): Promise<void> {
  const resolved = await tx.run('UPDATE finding SET resolved_at = $2 WHERE id = $1 AND resolved_at IS NULL', [
    findingOf(task.id),
    isoTime(clock.now()),
  ]);
  if (resolved === 0 || task.serverId === null) return;
  const server = { id: ServerId.parse(task.serverId), datacenterId: task.datacenterId };
  await tellOfFindings(tx, clock, server, await openFindings(tx, server.id));
}

const findingOf = (taskId: TaskId): string => taskId.replace(/^tsk_/, 'fnd_');
