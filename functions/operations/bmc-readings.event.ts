import { z } from 'zod';
import { BmcReading } from '../../shared/api/edge.ts';
import { minutes } from '../../shared/clock.ts';
import { recordReadings, takeAlarms, type BmcAlarm } from '../../shared/db/bmc-health.ts';
import { consumer, type ConsumerWorld } from '../../shared/events/consumer.ts';
import { appendEvents, event } from '../../shared/events/log.ts';
import { readingsTopic } from '../../shared/events/reports.ts';
import { DatacenterId } from '../../shared/ids.ts';

const Readings = z.object({ datacenter: DatacenterId, readings: z.array(BmcReading) });

/** A controller that is not heard for this long is trouble; shorter, it restarts, or a packet was lost. */
const silentFor = minutes(8);

/** What was seen at the management controllers of a datacenter. */
export const bmcReadings = consumer({ name: 'bmc-readings', topics: [readingsTopic], data: Readings, handle: noteReadings });

/** Keeps the newest reading of each server, and tells once of what is not well. */
export async function noteReadings({ datacenter, readings }: z.infer<typeof Readings>, { db, clock, relay }: Pick<ConsumerWorld, 'db' | 'clock' | 'relay'>): Promise<void> {
  await db.transaction(async (tx) => {
    await recordReadings(tx, datacenter, readings);
    const alarms = await takeAlarms(tx, readings.map(({ serverId }) => serverId), clock.now() - silentFor);
    await appendEvents(tx, clock, alarms.map(eventOf));
  });
  relay.kick();
}

function eventOf({ serverId, datacenterId, tenantId, health, unreachable, since }: BmcAlarm) {
  const isCritical = unreachable === null && health === 'critical';
  const what = unreachable === null ? `its management controller says that it is in ${health} health` : `its management controller does not answer: ${unreachable}`;
  return event({ topic: isCritical ? 'health.alert_critical' : 'health.alert_warning', subject: serverId, datacenterId, tenantId, data: { serverId, what, since } });
}
