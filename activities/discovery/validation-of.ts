import type { Asset } from '../../shared/db/assets.ts';
import type { ServerFacts } from '../../shared/facts.ts';
import type { IntendedCable } from '../../shared/ports/inventory.ts';
import { expectationOf } from '../../shared/validation/expected.ts';
import { validate, type Validation } from '../../shared/validation/validate.ts';
import type { World } from '../../shared/world.ts';

/** A server that the validation image has measured, held against all that is expected of it now. */
export async function validationOf(asset: Asset, outOfBand: ServerFacts | null, { inventory }: Pick<World, 'inventory'>): Promise<Validation & { cables: readonly IntendedCable[] }> {
  if (!asset.inventory) throw new Error(`The validation image of ${asset.id} has not reported`);
  const cables = await inventory.readCables(asset.id);
  return { ...validate(asset.inventory, outOfBand, expectationOf(asset, cables, await inventory.readProfile(asset.id))), cables };
}
