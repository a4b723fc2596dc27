import { z } from 'zod';
import { getAsset, recordHeight } from '../../shared/domain/assets/assets.db.ts';
import { getPurchase } from '../../shared/domain/procurement/procurement.db.ts';
import { getShipment, itemOfServer, recordReturn } from '../../shared/domain/receiving/shipments.db.ts';
import { orderedPortSpeed } from '../../shared/domain/validation/order-words.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { move, moveBack } from '../../shared/saga/move.ts';
import { step } from '../../shared/saga/step.ts';

/** A received machine becomes a device in the inventory. Taking it back sends it back to the vendor. */
export const registerServer = step({
  name: 'register-server',
  input: z.object({ serverId: ServerId }),
  output: z.object({ deviceId: z.string() }),
  run: async ({ serverId }, deps, context) => {
    const asset = await getAsset(deps.db, serverId);
    if (!asset.manifest) throw new Error(`There is no manifest for ${serverId}`);
    const { serial, model, manufacturer, bmcMac, macs, config } = asset.manifest;
    const { deviceId, heightUnits } = await deps.dcim.ensureDevice({
      serverId,
      serial,
      model,
      manufacturer,
      datacenter: asset.datacenterId,
      macs,
      bmcMac,
      portSpeedMbps: orderedPortSpeed(config),
    });
    await recordHeight(deps.db, serverId, heightUnits);
    await move(deps, context, serverId, 'goods-received');
    return { deviceId };
  },
  undo: {
    name: 'return-to-vendor',
    run: async ({ serverId }, deps, context) => {
      const { db, clock, quoting, dcim } = deps;
      await dcim.removeDevice(serverId);
      const item = await itemOfServer(db, serverId);
      if (!item || item.state === 'returned') return;
      const purchase = await getPurchase(db, (await getShipment(db, item.shipmentId)).purchaseId);
      const returned = await quoting[purchase.vendor].requestReturn({
        returnId: `${serverId}-${item.serial}`,
        poNumber: purchase.poNumber,
        serials: [item.serial],
        reason: 'the order it was bought for was taken back',
      });
      if (returned.outcome === 'refused')
        throw new Error(`${purchase.vendor} does not take ${item.serial} back: ${returned.reason}`);
      await moveBack(deps, context, serverId, 'returned');
      await recordReturn(db, clock, purchase.id, [item.serial]);
    },
  },
});
