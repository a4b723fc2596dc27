/**
 * What can be proved of a server. Each proof is a row with its evidence; the shape of the evidence is declared for each
 * kind in `shared/domain/proofs/evidence.ts`.
 */
export const proofKinds = [
  /** Its parts, ports and cables are what was ordered and planned. */
  'validated',
  /** It was bought new and no tenant has held it: nobody's data was ever on its drives. */
  'factory-new',
  /** Every drive that anybody has named is erased, or a person has said where it went. */
  'erase-verified',
  /** Its BMC has a password that nobody had before, and refuses the factory's. */
  'credentials-rotated',
  /** Its firmware was read from the machine and is not older than the baseline, where there is one. */
  'firmware-checked',
  'hardened',
  'burned-in',
  /** Its vendor's tool reports the model's profile in force; where no tool manages it, nothing had to be applied. */
  'profile-applied',
  /** Its tenant has working credentials of its own. */
  'handed-over',
] as const;
export type ProofKind = (typeof proofKinds)[number];

/** One live proof of any of these kinds. */
export type Requirement = readonly ProofKind[];

/** What was proved while the server was made fit for a tenant. */
export const commissioned = [
  'firmware-checked',
  'credentials-rotated',
  'hardened',
  'burned-in',
  'profile-applied',
] as const satisfies readonly ProofKind[];

/** Nobody's data is on its drives. */
export const noDataLeft = ['erase-verified', 'factory-new'] as const satisfies Requirement;

/** What stops being true once a tenant has the server: it may write, change firmware and set passwords. */
export const untrueAfterTenant = [...noDataLeft, ...commissioned] as const satisfies readonly ProofKind[];
