import { z } from 'zod';
import type { Queryable } from '../../kernel/database/database.ts';
import type { ServerId } from '../../kernel/ids.ts';
import type { RackPlace } from '../../ports/dcim.ts';
import type { Asset } from './assets.db.ts';

/** Takes all units of a place for a server, in a transaction. Answers false, and takes none, where one is taken. */
export async function takeRackUnits(tx: Queryable, asset: Asset, place: RackPlace): Promise<boolean> {
  const units = Array.from({ length: place.heightUnits }, (_, n) => place.unit + n);
  const free = await tx.maybe(
    z.object({ taken: z.number() }),
    'SELECT count(*) AS taken FROM rack_unit WHERE rack_id = $1 AND unit = ANY ($2)',
    [place.rackId, units],
  );
  if (free?.taken !== 0) return false;
  const taken = await tx.run(
    'INSERT INTO rack_unit (rack_id, unit, rack_name, datacenter_id, server_id) SELECT $1, unit, $3, $4, ' +
      '$5 FROM unnest($2::int[]) AS unit ON CONFLICT DO NOTHING',
    [place.rackId, units, place.rackName, asset.datacenterId, asset.id],
  );
  if (taken === units.length) return true;
  await releaseRackUnits(tx, asset.id);
  return false;
}

export const releaseRackUnits = (db: Queryable, serverId: ServerId): Promise<number> =>
  db.run('DELETE FROM rack_unit WHERE server_id = $1', [serverId]);

export const rackPlaceOf = (db: Queryable, serverId: ServerId): Promise<RackPlace | undefined> =>
  db.maybe(
    z.object({ rackId: z.string(), rackName: z.string(), unit: z.number().int(), heightUnits: z.number().int() }),
    'SELECT rack_id AS "rackId", rack_name AS "rackName", min(unit) AS unit, count(*)::int AS ' +
      '"heightUnits" FROM rack_unit WHERE server_id = $1 GROUP BY rack_id, rack_name',
    [serverId],
  );
