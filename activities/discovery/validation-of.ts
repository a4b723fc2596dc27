import type { Asset } from '../../shared/domain/assets/assets.db.ts';
import { expectationOf, type Expected } from '../../shared/domain/validation/expected.ts';
import { validate, type Validation } from '../../shared/domain/validation/validate.ts';
import type { ServerFacts } from '../../shared/facts/server.ts';
import type { IntendedCable } from '../../shared/ports/dcim.ts';
import type { Deps } from '../../shared/saga/deps.ts';

/** All that is expected of a server now. */
export const expectedOf = async (asset: Asset, { dcim }: Pick<Deps, 'dcim'>): Promise<Expected> =>
  expectationOf(asset, await dcim.readCables(asset.id), await dcim.readProfile(asset.id));

/** A server that the validation image has measured, held against all that is expected of it now. */
export async function validationOf(
  asset: Asset,
  outOfBand: ServerFacts | null,
  deps: Pick<Deps, 'dcim'>,
): Promise<Validation & { cables: readonly IntendedCable[] }> {
  if (!asset.measured) throw new Error(`The validation image of ${asset.id} has not reported`);
  const expected = await expectedOf(asset, deps);
  return { ...validate(asset.measured, outOfBand, expected), cables: expected.cables };
}
