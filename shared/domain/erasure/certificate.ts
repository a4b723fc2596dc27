import { z } from 'zod';

/**
 * How far an erasure reaches (NIST SP 800-88 Rev. 2). `clear`: nothing is left for whoever reads the drive by its own
 * interface. `purge`: nor for a laboratory.
 */
export const Category = z.enum(['clear', 'purge']);
export type Category = z.infer<typeof Category>;

/**
 * Who has named a drive of this server. `bmc`: the management controller, now; `bmc-before`: the same when the server
 * was discovered.
 */
export const DriveSource = z.enum(['bmc', 'bmc-before', 'validation-image', 'ship-notice', 'erase-report']);
export type DriveSource = z.infer<typeof DriveSource>;

/**
 * What nobody has verified. Of a drive: by which method it was erased; that no data is left, by reading samples back;
 * that all data on it was encrypted by the key that was erased. Of all: that the drives named are all there are, since
 * the validation image has not listed them.
 */
export const Unverified = z.enum(['method', 'samples', 'encryption', 'drive-list']);
export type Unverified = z.infer<typeof Unverified>;

/** What became of one drive. */
export const DriveErasure = z.object({
  /** Null where nobody could read one. */
  serial: z.string().nullable(),
  /** The bay, or what the system calls it. */
  name: z.string(),
  knownFrom: z.array(DriveSource),
  /** `accounted-for`: it is no longer in the machine, by a person's word. */
  outcome: z.enum(['erased', 'accounted-for', 'not-erased']),
  /** What the drive was told to do; null where that was not named, or it was told nothing. */
  method: z.string().nullable(),
  /** Null where the method does not say. */
  category: Category.nullable(),
  /** What shows that it is erased, where it went, or why it is not erased. */
  evidence: z.string(),
  unverified: z.array(Unverified),
});
export type DriveErasure = z.infer<typeof DriveErasure>;

/** What an erasure of a server came to. */
export const Erasure = z.object({
  /** Every drive that is known is erased or accounted for. */
  isComplete: z.boolean(),
  drives: z.array(DriveErasure),
  /** The least that was reached on any drive; null where that is not known of one of them. */
  category: Category.nullable(),
  unverified: z.array(Unverified),
});
export type Erasure = z.infer<typeof Erasure>;

/** What is certified of a server's drives: what was done to each, and what was not verified. */
export const EraseCertificate = z.object({
  /** The proof that it repeats. */
  proofId: z.string(),
  serverId: z.string(),
  serial: z.string().nullable(),
  standard: z.string(),
  erasedAt: z.string(),
  /** Null where the proof was not made in a saga. */
  sagaId: z.string().nullable(),
  drives: z.array(
    z.object({
      serial: z.string(),
      method: z.string(),
      isVerified: z.boolean(),
      name: z.string(),
      knownFrom: z.array(DriveSource),
      category: Category.nullable(),
      evidence: z.string(),
      unverified: z.array(Unverified),
    }),
  ),
  category: Category.nullable(),
  /** Drives that were known and are not erased: where they went, by whose word. */
  accountedFor: z.array(DriveErasure.pick({ serial: true, name: true, knownFrom: true, evidence: true })),
  unverified: z.array(Unverified),
});
export type EraseCertificate = z.infer<typeof EraseCertificate>;

/** Certifies what was proved of an erasure, and nothing beyond it. */
export function certificateOf(
  { drives, category, unverified }: Pick<Erasure, 'drives' | 'category' | 'unverified'>,
  about: Pick<EraseCertificate, 'proofId' | 'serverId' | 'serial' | 'erasedAt' | 'sagaId'>,
): EraseCertificate {
  return {
    ...about,
    standard: 'NIST SP 800-88 Rev. 2',
    category,
    unverified,
    drives: drives
      .filter(({ outcome }) => outcome === 'erased')
      .map(({ serial, method, name, knownFrom, category: reached, evidence, unverified: open }) => ({
        serial: serial ?? name,
        method: method ?? 'not named',
        isVerified: true,
        name,
        knownFrom,
        category: reached,
        evidence,
        unverified: open,
      })),
    accountedFor: drives
      .filter(({ outcome }) => outcome === 'accounted-for')
      .map(({ serial, name, knownFrom, evidence }) => ({ serial, name, knownFrom, evidence })),
  };
}
