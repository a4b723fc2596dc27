import { z } from 'zod';
import type { ProofKind } from '../../lifecycle/proof-kinds.ts';
import { Category, DriveErasure, Unverified } from '../erasure/certificate.ts';

const Text = z.string().max(500);
/** Ids, serial numbers, names of ports and playbooks. */
const Name = z.string().min(1).max(200);
const Names = z.array(Name).max(512);
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What a playbook has left behind. `result`: what it says it found, where that is not too large to be kept. */
const PlaybookRun = z.strictObject({
  jobId: Name,
  playbook: Name,
  /** The serial number of the machine that it was run for. */
  serial: Name,
  resultSha256: Sha256,
  result: z.record(z.string(), z.unknown()).nullable(),
});

/** An erasure that left a drive, or erased none, proves nothing. */
const isWhole = (drives: readonly DriveErasure[]): boolean =>
  drives.some(({ outcome }) => outcome === 'erased') && drives.every(({ outcome }) => outcome !== 'not-erased');

/** What was seen, for each kind of proof. `null`: nobody could see it, or there is none. */
const shapes = {
  validated: z.strictObject({
    serial: Name,
    /** When the validation image measured the machine, and the digest of what it reported. */
    measuredAt: z.string(),
    reportSha256: Sha256,
    /** Jobs of the validation image that have ended since. */
    imageJobs: z.array(z.strictObject({ id: Name, kind: Name, state: Name })).max(64),
    drives: Names,
    macs: Names,
    /** Cables that the switch's answer proved, and those that stand by a technician's word. */
    provedCables: Names,
    statedCables: Names,
    /** Findings that people let stand. */
    waivedFindings: Names,
  }),
  'factory-new': z.strictObject({
    orderId: Name,
    serial: Name,
    /** Digest of the ship notice's entry for this machine. */
    shipNoticeSha256: Sha256.nullable(),
    drives: z.array(z.strictObject({ name: Text, serial: Text.nullable(), isInShipNotice: z.boolean() })).max(512),
  }),
  'erase-verified': z.strictObject({
    serial: Name.nullable(),
    /** The record of the erasure; null for one of before proofs were rows. */
    erasureId: Name.nullable(),
    category: Category.nullable(),
    unverified: z.array(Unverified),
    drives: z
      .array(DriveErasure)
      .max(512)
      .refine(isWhole, { error: 'must all be erased or accounted for, and one be erased' }),
  }),
  'credentials-rotated': z.strictObject({
    /** Where the password is kept; never the password. */
    secretRef: Name,
    account: Name,
    bmcAddress: Name,
    /** The factory's account that was removed and then refused; null where the safe names none for this make. */
    refusedAccount: Name.nullable(),
  }),
  'firmware-checked': z.strictObject({
    /** Which tool names the baseline; null where none manages this make. */
    baselineFrom: Name.nullable(),
    components: z
      .array(
        z.strictObject({
          component: Name,
          name: Text,
          installed: Text.nullable(),
          baseline: Text.nullable(),
        }),
      )
      .min(1)
      .max(256),
    /** Components whose version was compared with nothing, or could not be read. */
    unverified: z.array(Name).max(16),
  }),
  hardened: PlaybookRun,
  'burned-in': PlaybookRun,
  'profile-applied': z.strictObject({
    /** Null where no tool manages this make: there was nothing to apply. */
    tool: Name.nullable(),
    profile: Name.nullable(),
    serial: Name.nullable(),
  }),
  'handed-over': z.strictObject({
    orderId: Name,
    tenantId: Name,
    secretRef: Name,
    /** The tenant's account; it opened a session when it was made, before this. */
    account: Name,
  }),
} satisfies Record<ProofKind, z.ZodType>;

export type Evidence<K extends ProofKind> = z.infer<(typeof shapes)[K]>;
export const evidenceOf: { readonly [K in ProofKind]: z.ZodType<Evidence<K>> } = shapes;

/** What was proved when only the word was kept. */
export const RecordedBefore = z.strictObject({ recorded: z.literal('before evidence was kept') });
export type RecordedBefore = z.infer<typeof RecordedBefore>;
export const isRecordedBefore = (seen: object): seen is RecordedBefore => 'recorded' in seen;
