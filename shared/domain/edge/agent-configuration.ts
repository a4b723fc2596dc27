import type { Queryable } from '../../kernel/database/database.ts';
import { findDatacenter } from '../datacenters/datacenters.db.ts';
import type { EdgeConfiguration } from './agents.api.ts';
import { findRelease } from './releases.db.ts';

/** What the agent of a datacenter has to know; undefined where there is no such datacenter. */
export async function configurationOf(
  db: Queryable,
  datacenterId: string,
  pullSeconds: number,
): Promise<EdgeConfiguration | undefined> {
  const datacenter = await findDatacenter(db, datacenterId);
  if (!datacenter) return undefined;
  const release = await findRelease(db, datacenter.id);
  return {
    datacenter: datacenter.id,
    managementPrefixes: datacenter.managementPrefixes,
    pullSeconds,
    release: release
      ? { version: release.version, url: release.url, sha256: release.sha256, signature: release.signature }
      : null,
  };
}
