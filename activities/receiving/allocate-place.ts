import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { rackPlaceOf, releaseRackUnits, takeRackUnits } from '../../shared/domain/assets/rack-units.db.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import type { Rack, RackPlace } from '../../shared/ports/dcim.ts';
import { refused, step } from '../../shared/saga/step.ts';

/** What a two-socket server may draw at most, until a model's own figure is known. */
const plannedWatts = 800;

/**
 * Chooses where the server will stand: free units together, power left in the rack, fullest rack first. Our own
 * table decides between two that choose at once; the inventory is told afterwards.
 */
export const allocatePlace = step({
  name: 'allocate-place',
  input: z.object({ serverId: ServerId }),
  output: z.object({ rackId: z.string(), rackName: z.string(), unit: z.number().int() }),
  run: async ({ serverId }, { db, dcim }) => {
    const asset = await getAsset(db, serverId);
    const mine = await rackPlaceOf(db, serverId);
    const places = mine ? [mine] : candidates(await dcim.listRacks(asset.datacenterId), asset.heightUnits);
    for (const place of places) {
      if (!mine && !(await db.transaction((tx) => takeRackUnits(tx, asset, place)))) continue;
      const placed = await dcim.placeDevice(serverId, place);
      if (placed.outcome === 'placed') return { rackId: place.rackId, rackName: place.rackName, unit: place.unit };
      await releaseRackUnits(db, serverId); // the inventory knows of something there that we do not: it is right
    }
    return refused(`no rack in ${asset.datacenterId} has ${asset.heightUnits} free units and ${plannedWatts} W`);
  },
  undo: {
    name: 'release-place',
    run: async ({ serverId }, { db, dcim }) => {
      await dcim.unplaceDevice(serverId);
      await releaseRackUnits(db, serverId);
    },
  },
});

function candidates(racks: readonly Rack[], heightUnits: number): RackPlace[] {
  const fullestFirst = [...racks].sort((a, b) => b.occupied.length - a.occupied.length);
  return fullestFirst.flatMap((rack) => {
    if (rack.powerBudgetWatts !== undefined && rack.powerAllocatedWatts + plannedWatts > rack.powerBudgetWatts)
      return [];
    const used = new Set(
      rack.occupied.flatMap(({ unit, heightUnits: height }) => Array.from({ length: height }, (_, n) => unit + n)),
    );
    return Array.from({ length: rack.heightUnits - heightUnits + 1 }, (_, n) => n + 1)
      .filter((unit) => Array.from({ length: heightUnits }, (_, n) => unit + n).every((each) => !used.has(each)))
      .map((unit) => ({ rackId: rack.id, rackName: rack.name, unit, heightUnits }));
  });
}
