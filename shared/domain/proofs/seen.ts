import type { ServerFacts } from '../../facts/server.ts';
import { jsonDigest } from '../../kernel/digest.ts';
import type { Asset } from '../assets/assets.db.ts';
import type { Erasure } from '../erasure/certificate.ts';
import type { Evidence } from './evidence.ts';
import type { Proof } from './proofs.db.ts';

/** A playbook's result that is longer, in characters of JSON, is kept by its digest alone. */
const longestResult = 8_000;

/** What a playbook that ended well has left behind. */
export const playbookRun = (
  playbook: string,
  serial: string,
  { jobId, artifacts }: { jobId: string; artifacts: Record<string, unknown> },
): Evidence<'hardened' | 'burned-in'> => ({
  jobId,
  playbook,
  serial,
  resultSha256: jsonDigest(artifacts),
  result: JSON.stringify(artifacts).length <= longestResult ? artifacts : null,
});

/** What a complete erasure came to, drive by drive. */
export const erasureSeen = (
  { serial }: Pick<Asset, 'serial'>,
  { erasure, erasureId }: { erasure: Erasure; erasureId: string },
): Evidence<'erase-verified'> => ({
  serial,
  erasureId,
  category: erasure.category,
  unverified: erasure.unverified,
  drives: erasure.drives,
});

/**
 * What shows that nobody's data was ever on a server's drives: it was bought new, and no tenant has held it since.
 * `before`: all that was ever proved of it. Undefined where that does not hold, or did once and was voided.
 */
export function seenFactoryNew(
  { state, origin, boughtFor, serial, manifest, measured }: Asset,
  before: readonly Pick<Proof, 'kind'>[],
): Evidence<'factory-new'> | undefined {
  if (origin !== 'bought' || boughtFor === null || serial === null || state === 'SANITIZING') return undefined;
  if (before.some(({ kind }) => kind === 'handed-over' || kind === 'factory-new')) return undefined;
  const promised = new Set((manifest?.parts ?? []).map((part) => part.serial.trim().toUpperCase()));
  return {
    orderId: boughtFor,
    serial,
    shipNoticeSha256: manifest && jsonDigest(manifest),
    drives: (measured?.drives ?? []).map((drive) => ({
      name: drive.name,
      serial: drive.serial ?? null,
      isInShipNotice: drive.serial !== undefined && promised.has(drive.serial.trim().toUpperCase()),
    })),
  };
}

/** What was measured on a machine, as far as a proof of its validation names it. */
export const measuredParts = ({
  drives = [],
  networkPorts = [],
}: ServerFacts): { drives: string[]; macs: string[] } => ({
  drives: drives.map(({ serial, name }) => serial ?? `${name} (no serial number)`),
  macs: networkPorts.flatMap(({ mac }) => mac ?? []),
});
