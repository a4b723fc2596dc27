import type { Asset } from '../../shared/domain/assets/assets.db.ts';
import { expectationOf, type Expected } from '../../shared/domain/validation/expected.ts';
import { validate, type Validation } from '../../shared/domain/validation/validate.ts';
import type { ServerFacts } from '../../shared/facts/server.ts';
import type { IntendedCable } from '../../shared/ports/inventory.ts';
import type { World } from '../../shared/saga/world.ts';

/** All that is expected of a server now. */
export const expectedOf = async (asset: Asset, { inventory }: Pick<World, 'inventory'>): Promise<Expected> =>
  expectationOf(asset, await inventory.readCables(asset.id), await inventory.readProfile(asset.id));

/** A server that the validation image has measured, held against all that is expected of it now. */
export async function validationOf(
  asset: Asset,
  outOfBand: ServerFacts | null,
  world: Pick<World, 'inventory'>,
): Promise<Validation & { cables: readonly IntendedCable[] }> {
  if (!asset.inventory) throw new Error(`The validation image of ${asset.id} has not reported`);
  const expected = await expectedOf(asset, world);
  return { ...validate(asset.inventory, outOfBand, expected), cables: expected.cables };
}
