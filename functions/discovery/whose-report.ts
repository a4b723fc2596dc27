import type { EdgeReport } from '../../shared/api/edge.ts';
import { findAssetBySerial, findMeasuring, type Asset } from '../../shared/db/assets.ts';
import type { Queryable } from '../../shared/db/database.ts';
import { MacAddress } from '../../shared/facts.ts';

type Report = Extract<EdgeReport, { kind: 'inventory-report' }>;

/**
 * The servers of that datacenter which a report may be of: the one with its serial number, and those that wait for the
 * validation image and have one of its ports. A machine with another serial number than it should have would else be
 * silent; the comparison says what does not fit.
 */
export async function whoseReport(db: Queryable, { serial, datacenter, facts }: Report): Promise<Asset[]> {
  const named = await findAssetBySerial(db, serial);
  const macs = (facts.networkPorts ?? []).flatMap(({ mac }) => MacAddress.safeParse(mac).data ?? []);
  const others = macs.length > 0 ? await findMeasuring(db, datacenter, macs) : [];
  return [...(named?.datacenterId === datacenter ? [named] : []), ...others.filter(({ id }) => id !== named?.id)];
}
