import { MacAddress } from '../../facts/server.ts';
import type { Queryable } from '../../kernel/database/database.ts';
import { findAssetByMac, findAssetBySerial, findMeasuring, type Asset } from '../assets/assets.db.ts';
import type { EdgeReport } from './edge.api.ts';

type Report = Extract<EdgeReport, { kind: 'inventory-report' }>;

/**
 * The servers of that datacenter which an inventory report may be of: the one that it names, and those that wait for
 * the validation image and have one of its ports. Without the latter, the report of a machine with a wrong serial
 * number would reach no server; the comparison then says what does not fit.
 */
export async function ownersOfReport(db: Queryable, report: Report): Promise<Asset[]> {
  const named = await namedIn(db, report);
  const macs = (report.facts.networkPorts ?? []).flatMap(({ mac }) => MacAddress.safeParse(mac).data ?? []);
  const others = macs.length > 0 ? await findMeasuring(db, report.datacenter, macs) : [];
  return [
    ...(named?.datacenterId === report.datacenter ? [named] : []),
    ...others.filter(({ id }) => id !== named?.id),
  ];
}

/** By serial number; by the port it was booted from where the boards or the server's record have no serial number. */
async function namedIn(db: Queryable, { serial, mac }: Report): Promise<Asset | undefined> {
  const named = serial === undefined ? undefined : await findAssetBySerial(db, serial);
  if (named || mac === undefined) return named;
  const booted = await findAssetByMac(db, MacAddress.parse(mac));
  return serial === undefined || booted?.serial === null ? booted : undefined;
}
