import { receivingApi } from '../../shared/domain/receiving/receiving.api.ts';
import { findShipment, itemsOf, recordScan, type ShipmentItem } from '../../shared/domain/receiving/shipments.db.ts';
import { MacAddress } from '../../shared/facts/server.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';

export const receiveItem = httpFunction(receivingApi.receive, {
  find: findShipment,
  handle: async ({ subject: shipment, caller, body }, { db, clock }) => {
    const items = await itemsOf(db, shipment.id);
    const item = items.find(({ serial }) => serial === body.serial);
    if (!item)
      throw new AppError({
        code: 'receiving.not-on-manifest',
        kind: 'conflict',
        publicMessage: `${body.serial} is not on the manifest of ${shipment.trackingNumber}. Expected: ${
          items
            .filter(({ state }) => state === 'expected')
            .map(({ serial }) => serial)
            .join(', ') || 'nothing more'
        }.`,
      });
    const wrong = wrongMacs(item, body.macs);
    if (wrong)
      throw new AppError({
        code: 'receiving.macs-differ',
        kind: 'conflict',
        publicMessage: `${body.serial}: ${wrong}. Check that the label belongs to this machine.`,
      });
    const state = body.condition === 'good' ? 'received' : 'rejected';
    const scan = { serial: item.serial, state, scanned: body, by: caller.name, at: isoTime(clock.now()) } as const;
    await recordScan(db, shipment.id, scan);
    const remaining = (await itemsOf(db, shipment.id)).filter((each) => each.state === 'expected').length;
    return ok({ serial: item.serial, state, remaining });
  },
});

function wrongMacs({ manifest }: ShipmentItem, scanned: readonly string[]): string | undefined {
  const expected = new Set([manifest.bmcMac, ...manifest.macs].map((mac) => MacAddress.parse(mac)));
  const unknown = scanned.map((mac) => MacAddress.parse(mac)).filter((mac) => !expected.has(mac));
  return unknown.length > 0
    ? `${unknown.join(', ')} ${unknown.length === 1 ? 'is' : 'are'} not on its manifest`
    : undefined;
}
