import { AdoptAsset, AssetView } from '../../shared/api/operations.ts';
import { assetView } from '../../shared/api/project.ts';
import { findAssetBySerial, getAsset, recordHeight } from '../../shared/db/assets.ts';
import { chooseDatacenter } from '../../shared/db/datacenters.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { MacAddress } from '../../shared/facts.ts';
import { created, httpFunction } from '../../shared/http/http-function.ts';
import { newId, ServerId } from '../../shared/ids.ts';
import { beginLife } from '../../shared/lifecycle/apply.ts';
import { orderedPortSpeed } from '../../shared/validation/order-words.ts';

export const adoptAsset = httpFunction({
  name: 'adopt-asset',
  route: 'POST /v1/assets/adopt',
  summary: 'Make a server known that was not bought through us: on a shelf, or already running.',
  body: AdoptAsset,
  answer: AssetView,
  allow: ({ caller }) => caller.scope('asset:read') === 'all' && caller.may('saga:operate'),
  handle: async ({ caller, body }, { db, clock, inventory }) => {
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
    const { heightUnits } = await inventory.ensureDevice({
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
  },
});
