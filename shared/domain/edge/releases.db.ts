import { z } from 'zod';
import { isoTime, type Clock } from '../../kernel/clock.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import type { DatacenterId } from '../../kernel/ids.ts';
import { EdgeRelease } from './agents.api.ts';

const StoredRelease = EdgeRelease.extend({ setBy: z.string(), setAt: z.string() });

export const findRelease = (
  db: Queryable,
  datacenterId: DatacenterId,
): Promise<z.infer<typeof StoredRelease> | undefined> =>
  db.maybe(
    StoredRelease,
    'SELECT version, url, sha256, signature, set_by AS "setBy", set_at AS "setAt" FROM edge_release WHERE ' +
      'datacenter_id = $1',
    [datacenterId],
  );

/** Sets the release that this datacenter's agent is to run. */
export async function setRelease(
  db: Queryable,
  clock: Clock,
  datacenterId: DatacenterId,
  { version, url, sha256, signature }: EdgeRelease,
  setBy: string,
): Promise<z.infer<typeof StoredRelease>> {
  const setAt = isoTime(clock.now());
  await db.run(
    `INSERT INTO edge_release (datacenter_id, version, url, sha256, signature, set_by, set_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (datacenter_id) DO UPDATE SET version = EXCLUDED.version, url = EXCLUDED.url,
       sha256 = EXCLUDED.sha256, signature = EXCLUDED.signature, set_by = EXCLUDED.set_by, set_at = EXCLUDED.set_at`,
    [datacenterId, version, url, sha256, signature, setBy, setAt],
  );
  return { version, url, sha256, signature, setBy, setAt };
}
