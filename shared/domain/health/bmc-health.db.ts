import { z } from 'zod';
import { Health, PowerState } from '../../facts/server.ts';
import { isoTime } from '../../kernel/clock.ts';
import { prepared, type Queryable } from '../../kernel/database/database.ts';
import { DatacenterId, ServerId, TenantId } from '../../kernel/ids.ts';
import { SensorSummary, type BmcReading } from './bmc-reading.ts';

export const BmcHealth = z.object({
  serverId: ServerId,
  at: z.string().nullable(),
  health: Health.nullable(),
  healthSince: z.string().nullable(),
  powerWatts: z.number().nullable(),
  inletCelsius: z.number().nullable(),
  power: PowerState.nullable(),
  cpuPercent: z.number().nullable(),
  sensors: z.array(SensorSummary),
  sensorsAt: z.string().nullable(),
  unreachableSince: z.string().nullable(),
  unreachable: z.string().nullable(),
  lookedAt: z.string(),
});
export type BmcHealth = z.infer<typeof BmcHealth>;
const columns = `server_id AS "serverId", at, health, health_since AS "healthSince", power_watts AS "powerWatts",
  inlet_celsius AS "inletCelsius",
  power, cpu_percent AS "cpuPercent", sensors, sensors_at AS "sensorsAt",
  unreachable_since AS "unreachableSince", unreachable, looked_at AS "lookedAt"`;

const ofServer = prepared(`SELECT ${columns} FROM bmc_health WHERE server_id = $1`);
export const findBmcHealth = (db: Queryable, serverId: string): Promise<BmcHealth | undefined> =>
  db.maybe(BmcHealth, ofServer, [serverId]);

/**
 * Takes over readings of servers of this datacenter. What is older than what is known, and what is said of servers
 * elsewhere, changes nothing.
 */
export async function recordReadings(
  tx: Queryable,
  datacenterId: string,
  readings: readonly BmcReading[],
): Promise<void> {
  const rows = readings.map((reading) => ({
    server_id: reading.serverId,
    at: reading.at,
    ...('unreachable' in reading
      ? { unreachable: reading.unreachable }
      : {
          health: reading.health,
          power_watts: reading.powerWatts ?? null,
          inlet_celsius: reading.inletCelsius ?? null,
        }),
  }));
  await tx.run(
    `INSERT INTO bmc_health AS known (server_id, at, health, health_since, power_watts, inlet_celsius,
      unreachable_since, unreachable, looked_at)
     SELECT DISTINCT ON (r.server_id) r.server_id, CASE WHEN r.unreachable IS NULL THEN r.at END, r.health, CASE
       WHEN r.health IS NOT NULL THEN r.at END, r.power_watts, r.inlet_celsius, CASE
         WHEN r.unreachable IS NOT NULL THEN r.at END, r.unreachable, r.at
     FROM jsonb_to_recordset($2) AS r (server_id text, at timestamptz, health text, power_watts float8,
       inlet_celsius float8, unreachable text)
     JOIN asset ON asset.id = r.server_id AND asset.datacenter_id = $1
     ORDER BY r.server_id, r.at DESC
     ON CONFLICT (server_id) DO UPDATE SET
       at = COALESCE(excluded.at, known.at), health = COALESCE(excluded.health, known.health),
       health_since = CASE WHEN excluded.health IS DISTINCT FROM known.health THEN COALESCE(excluded.health_since,
         known.health_since) ELSE known.health_since END,
       power_watts = CASE WHEN excluded.unreachable IS NULL THEN excluded.power_watts
         ELSE known.power_watts END, inlet_celsius = CASE WHEN excluded.unreachable IS NULL THEN excluded.inlet_celsius
           ELSE known.inlet_celsius END,
       unreachable_since = CASE WHEN excluded.unreachable IS NULL THEN NULL ELSE COALESCE(known.unreachable_since,
         excluded.unreachable_since) END, unreachable = excluded.unreachable, looked_at = excluded.looked_at,
       alarmed = known.alarmed AND (excluded.unreachable IS NULL) = (known.unreachable IS NULL)
         AND (excluded.unreachable IS NOT NULL OR excluded.health = known.health)
     WHERE known.looked_at < excluded.looked_at`,
    [datacenterId, JSON.stringify(rows)],
  );
  await recordSensors(tx, datacenterId, readings);
}

/** The newest of each server that has any; a quick look in between has none and takes none away. */
async function recordSensors(tx: Queryable, datacenterId: string, readings: readonly BmcReading[]): Promise<void> {
  const rows = readings.flatMap((reading) =>
    'sensors' in reading && reading.sensors
      ? [
          {
            server_id: reading.serverId,
            at: reading.at,
            power: reading.sensors.power,
            cpu_percent: reading.sensors.cpuPercent ?? null,
            sensors: reading.sensors.readings,
          },
        ]
      : [],
  );
  if (rows.length === 0) return;
  await tx.run(
    `UPDATE bmc_health AS known SET power = r.power, cpu_percent = r.cpu_percent, sensors = r.sensors, sensors_at = r.at
     FROM (SELECT DISTINCT ON (server_id) * FROM jsonb_to_recordset($2) AS told (server_id text, at timestamptz,
       power text, cpu_percent float8, sensors jsonb) ORDER BY server_id, at DESC) AS r
     JOIN asset ON asset.id = r.server_id AND asset.datacenter_id = $1
     WHERE known.server_id = r.server_id AND (known.sensors_at IS NULL OR known.sensors_at < r.at)`,
    [datacenterId, JSON.stringify(rows)],
  );
}

const Alarm = z.object({
  serverId: ServerId,
  datacenterId: DatacenterId,
  tenantId: TenantId.nullable(),
  health: Health.nullable(),
  unreachable: z.string().nullable(),
  since: z.string(),
  criticalAt: z.string().nullable(),
});
export type BmcAlarm = z.infer<typeof Alarm>;

/**
 * Trouble among these servers that has not been told: a health that is not well, or silence since before that moment.
 * Each is answered once. `criticalAt`: when a critical alarm was raised last.
 */
export const takeAlarms = (tx: Queryable, serverIds: readonly string[], silentBefore: number): Promise<BmcAlarm[]> =>
  tx.many(
    Alarm,
    `UPDATE bmc_health AS h SET alarmed = true FROM asset
     WHERE asset.id = h.server_id AND h.server_id = ANY ($1) AND NOT h.alarmed
       AND (h.unreachable_since < $2 OR h.unreachable_since IS NULL AND h.health IN ('warning', 'critical'))
     RETURNING h.server_id AS "serverId", asset.datacenter_id AS "datacenterId", asset.tenant_id AS "tenantId",
       h.health, h.unreachable, COALESCE(h.unreachable_since, h.health_since) AS since, h.critical_at AS "criticalAt"`,
    [serverIds, isoTime(silentBefore)],
  );

export const noteCritical = (tx: Queryable, serverIds: readonly string[], at: number): Promise<number> =>
  tx.run('UPDATE bmc_health SET critical_at = $2 WHERE server_id = ANY ($1)', [serverIds, isoTime(at)]);
