import type { DecommissionView } from '../../../../shared/domain/decommissions/decommissions.api.ts';
import { list } from '../../ui/words.ts';

type Certificate = NonNullable<DecommissionView['certificate']>;

const open: Readonly<Record<Certificate['unverified'][number], string>> = {
  method: 'the method',
  samples: 'that nothing is left (no samples were read back)',
  encryption: 'that all data was encrypted by the key that was erased',
  'drive-list': 'that these are all drives (the validation image has not listed them)',
};

/**
 * What nobody has verified, as a sentence goes on after "Not verified:". Undefined where nothing is open.
 */
export const unverifiedInWords = (unverified: Certificate['unverified']): string | undefined =>
  unverified.length > 0 ? list(unverified.map((each) => open[each])) : undefined;

/** How far an erasure reaches. */
export const categoryInWords = (category: Certificate['category']): string =>
  category ?? 'not known: the method does not say';

const sources: Readonly<Record<Certificate['drives'][number]['knownFrom'][number], string>> = {
  bmc: 'the BMC',
  'bmc-before': 'the BMC, earlier',
  'validation-image': 'the validation image',
  'ship-notice': 'the ship notice',
  'erase-report': 'an earlier erasure',
};
export const sourcesInWords = (from: Certificate['drives'][number]['knownFrom']): string =>
  list(from.map((each) => sources[each]));
