import { findAssetByMac, findAssetBySerial, findMeasuring, type Asset } from '../../shared/domain/assets/assets.db.ts';
import type { EdgeReport } from '../../shared/domain/edge/edge.api.ts';
import { MacAddress } from '../../shared/facts/server.ts';
import type { Queryable } from '../../shared/kernel/database/database.ts';

type Report = Extract<EdgeReport, { kind: 'inventory-report' }>;

/**
 * The servers of that datacenter which a report may be of: the one that it names, and those that wait for the
 * validation image and have one of its ports. A machine with another serial number than it should have would else be
 * silent; the comparison says what does not fit.
 */
export async function whoseReport(db: Queryable, report: Report): Promise<Asset[]> {
  const named = await namedIn(db, report);
  const macs = (report.facts.networkPorts ?? []).flatMap(({ mac }) => MacAddress.safeParse(mac).data ?? []);
  const others = macs.length > 0 ? await findMeasuring(db, report.datacenter, macs) : [];
  return [
    ...(named?.datacenterId === report.datacenter ? [named] : []),
    ...others.filter(({ id }) => id !== named?.id),
  ];
}

/**
 * By its serial number; by the port it was booted from where its boards have none, or where we were never told the
 * server's.
 */
async function namedIn(db: Queryable, { serial, mac }: Report): Promise<Asset | undefined> {
  const named = serial === undefined ? undefined : await findAssetBySerial(db, serial);
  if (named || mac === undefined) return named;
  const plugged = await findAssetByMac(db, MacAddress.parse(mac));
  return serial === undefined || plugged?.serial === null ? plugged : undefined;
}
