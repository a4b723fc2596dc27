import type { CarrierMarks } from '../../ports/carrier.ts';

/** Express has 12 digits, Ground 15, both may be printed as 20 or 22. */
export const fedexMarks: CarrierMarks = {
  name: 'fedex',
  calledBy: /^(fedex|federal express|fdx[a-z]?)\b/i,
  numbers: /^(\d{12}|\d{15}|\d{20}|\d{22})$/,
};
