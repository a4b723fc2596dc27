import { assetsApi } from '../../shared/domain/assets/assets.api.ts';
import { findAssetBySerial, getAsset, recordHeight } from '../../shared/domain/assets/assets.db.ts';
import { assetView } from '../../shared/domain/assets/views.ts';
import { chooseDatacenter } from '../../shared/domain/datacenters/datacenters.db.ts';
import { orderedPortSpeed } from '../../shared/domain/validation/order-words.ts';
import { MacAddress } from '../../shared/facts/server.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { created } from '../../shared/http/reply.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { newId } from '../../shared/kernel/new-id.ts';
import { beginLife } from '../../shared/lifecycle/apply.ts';

export const adoptAsset = httpFunction(assetsApi.adopt, async ({ caller, body }, { db, clock, dcim }) => {
  const known = await findAssetBySerial(db, body.serial);
  if (known)
    throw new AppError({
      code: 'asset.known',
      kind: 'conflict',
      publicMessage: `${body.serial} is known already, as ${known.id}.`,
    });
  await chooseDatacenter(db, body);
  const id = ServerId.parse(newId('server', clock.now()));
  const bmcMac = MacAddress.parse(body.bmcMac);
  const macs = body.macs.map((mac) => MacAddress.parse(mac));
  const { heightUnits } = await dcim.ensureDevice({
    serverId: id,
    serial: body.serial,
    model: body.model,
    manufacturer: body.manufacturer,
    datacenter: body.datacenter,
    macs,
    bmcMac,
    portSpeedMbps: orderedPortSpeed(body.config),
  });
  await beginLife(
    db,
    clock,
    body.as === 'stock' ? 'found-on-shelf' : 'adopted',
    {
      id,
      datacenterId: body.datacenter,
      config: body.config,
      manufacturer: body.manufacturer,
      model: body.model,
      serial: body.serial,
      bmcMac,
      macs,
    },
    { actor: caller.name },
  );
  await recordHeight(db, id, heightUnits);
  return created(assetView(await getAsset(db, id)), `/api/v1/assets/${id}`);
});
