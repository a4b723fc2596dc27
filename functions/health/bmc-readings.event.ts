import { z } from 'zod';
import { readingsTopic } from '../../shared/domain/edge/reports.ts';
import { noteCritical, recordReadings, takeAlarms, type BmcAlarm } from '../../shared/domain/health/bmc-health.db.ts';
import { recordLogs, type CriticalEntry } from '../../shared/domain/health/bmc-log.db.ts';
import { BmcReading } from '../../shared/domain/health/bmc-reading.ts';
import { criticalAlert, warningAlert } from '../../shared/domain/health/events.ts';
import { appendEvents } from '../../shared/events/log.ts';
import { hours, minutes } from '../../shared/kernel/durations.ts';
import { DatacenterId } from '../../shared/kernel/ids.ts';
import { consumer, type ConsumerDeps } from '../../shared/saga/consumer.ts';

export const Readings = z.object({ datacenter: DatacenterId, readings: z.array(BmcReading) });

/** A controller that is not heard for this long is trouble; shorter, it restarts, or a packet was lost. */
const silentFor = minutes(8);
/** What fails is logged and shows in the health, the one a little after the other: that is one alarm. */
const sameTrouble = minutes(10);
/**
 * Whoever has been told that a server is in critical trouble reads the rest in its log; a supply that comes and goes
 * would call them every minute.
 */
const quietAfterCritical = hours(1);

/** What was seen at the management controllers of a datacenter. */
export const bmcReadings = consumer({
  name: 'bmc-readings',
  topics: [readingsTopic],
  data: Readings,
  handle: noteReadings,
});

/** Keeps the newest reading of each server and what its log has gained, and tells once of what is not well. */
export async function noteReadings(
  { datacenter, readings }: z.infer<typeof Readings>,
  { db, clock, relay }: Pick<ConsumerDeps, 'db' | 'clock' | 'relay'>,
): Promise<void> {
  await db.transaction(async (tx) => {
    const now = clock.now();
    await recordReadings(tx, datacenter, readings);
    const logged = Map.groupBy(await recordLogs(tx, datacenter, readings), ({ serverId }) => serverId);
    const alarms = (
      await takeAlarms(
        tx,
        readings.map(({ serverId }) => serverId),
        now - silentFor,
      )
    ).filter((alarm) => !isCritical(alarm) || !isWithin(sameTrouble, alarm, now));
    const reported = new Set(alarms.map(({ serverId }) => serverId));
    const more = [...logged.values()].filter((entries) =>
      entries.every((entry) => !reported.has(entry.serverId) && !isWithin(quietAfterCritical, entry, now)),
    );
    const events = [
      ...alarms.map((alarm) => eventOf(alarm, logged.get(alarm.serverId) ?? [])),
      ...more.flatMap(eventsOf),
    ];
    await appendEvents(tx, clock, events);
    await noteCritical(
      tx,
      events.filter(({ topic }) => topic === criticalAlert.topic).map(({ subject }) => subject),
      now,
    );
  });
  relay.kick();
}

const isCritical = ({ unreachable, health }: BmcAlarm): boolean => unreachable === null && health === 'critical';
const isWithin = (milliseconds: number, { criticalAt }: { criticalAt: string | null }, now: number): boolean =>
  criticalAt !== null && now - Date.parse(criticalAt) < milliseconds;

function eventOf(alarm: BmcAlarm, logged: readonly CriticalEntry[]) {
  const { serverId, datacenterId, tenantId, health, unreachable, since } = alarm;
  const what =
    unreachable === null
      ? `its management controller says that it is in ${health} health`
      : `its management controller does not answer: ${unreachable}`;
  const alert = isCritical(alarm) || logged.length > 0 ? criticalAlert : warningAlert;
  return alert({
    subject: serverId,
    datacenterId,
    tenantId,
    data: { serverId, what: logged.length > 0 ? `${what}: ${wordsOf(logged)}` : what, since },
  });
}

/** One for all that a server has logged. */
const eventsOf = (entries: readonly CriticalEntry[]) =>
  entries.slice(0, 1).map(({ serverId, datacenterId, tenantId, since }) =>
    criticalAlert({
      subject: serverId,
      datacenterId,
      tenantId,
      data: { serverId, what: `its management controller has logged: ${wordsOf(entries)}`, since },
    }),
  );

/** What failed first as a rule tells why; the rest is in the log. */
const wordsOf = ([first, ...more]: readonly CriticalEntry[]): string =>
  `${first?.message}${more.length > 0 ? ` (and ${more.length} more)` : ''}`;
