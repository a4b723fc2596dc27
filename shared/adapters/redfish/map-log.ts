import { known, said } from '../../facts/said.ts';
import type { Health } from '../../facts/server.ts';
import type { LogEntry as Entry } from '../../facts/telemetry.ts';
import type { LogEntry } from './contract.ts';

const severities = new Map<string | undefined, Health>([
  ['OK', 'ok'],
  ['Informational', 'ok'],
  ['Warning', 'warning'],
  ['Critical', 'critical'],
]);

export const toSeverity = (word: string | undefined): Health => severities.get(word) ?? 'unknown';

/** Who logged in and what he changed: a record of people, not of the machine. A poller would find itself in it. */
export const isAudit = (entry: LogEntry): boolean => entry.Oem?.Dell?.Category === 'Audit';

/**
 * Before that no BMC was built: its clock has not been set, and counts from 1970 or from nothing. After it none of
 * today's runs.
 */
const [earliest, latest] = [Date.parse('2005-01-01T00:00:00Z'), Date.parse('2100-01-01T00:00:00Z')];

/**
 * In UTC. Dell writes the offset without a colon, and zeros for a date it does not know. What has no date in front is
 * none, though JavaScript would make one of it.
 */
export function toTime(text = ''): string | undefined {
  const standard = text.trim().replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
  if (!/^\d{4}-\d{2}-\d{2}T/.test(standard)) return undefined;
  const hasZone = /(Z|[+-]\d{2}:\d{2})$/i.test(standard);
  const time = Date.parse(hasZone ? standard : `${standard}Z`);
  return time >= earliest && time < latest ? new Date(time).toISOString() : undefined;
}

/** Dell's `IDRAC.2.8.PSU0003` without its registry; Lenovo's and HPE's own numbers. */
export function codeOf({ MessageId, Oem }: LogEntry): string | undefined {
  const hpe = Oem?.Hpe;
  return (
    said(Oem?.Lenovo?.CommonEventID) ??
    (hpe?.Class !== undefined && hpe.Code !== undefined ? `${hpe.Class}.${hpe.Code}` : undefined) ??
    said(/^[A-Za-z]\w*\.[\d.]+\.(\w+)$/.exec(MessageId ?? '')?.[1] ?? MessageId)
  );
}

/** `advice`: from the BMC's own registry of messages, where the entry itself has none. */
export const toLogEntry = (entry: LogEntry, advice: string | undefined): Entry =>
  known<Entry>({
    id: entry.Id ?? entry['@odata.id'] ?? '',
    at: toTime(entry.Created),
    // What HPE calls repaired was critical once; it stands there with that severity.
    severity: entry.Oem?.Hpe?.Repaired ? 'ok' : toSeverity(entry.Severity),
    message: said(entry.Message) ?? said(entry.EntryCode) ?? said(entry.MessageId) ?? 'an entry without words',
    code: codeOf(entry),
    action: said(entry.Oem?.Hpe?.RecommendedAction) ?? said(entry.Resolution) ?? said(advice),
  });
