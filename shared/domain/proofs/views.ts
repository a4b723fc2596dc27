import type { z } from 'zod';
import type { ProofKind } from '../../lifecycle/proof-kinds.ts';
import { type Evidence, isRecordedBefore } from './evidence.ts';
import type { ProofView } from './proofs.api.ts';
import { evidenceIn, type Proof } from './proofs.db.ts';

const number = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
const playbook = ({ playbook: name, jobId, resultSha256 }: Evidence<'hardened'>): string =>
  `playbook ${name} ended well, job ${jobId}, result ${resultSha256.slice(0, 12)}`;

/** What the drives of an erasure came to. Tenants read it too. */
function erased({ drives, category }: Evidence<'erase-verified'>): string {
  const of = (outcome: string) => drives.filter((drive) => drive.outcome === outcome).length;
  const gone = of('accounted-for');
  return `${number(of('erased'), 'drive')} erased, ${category ?? 'category not known'}${
    gone > 0 ? `; ${gone} no longer in the machine` : ''
  }`;
}
const factoryNew = ({ drives }: Evidence<'factory-new'>): string =>
  `bought new, ${number(drives.length, 'drive')} measured`;

const summaries: { readonly [K in ProofKind]: (seen: Evidence<K>) => string } = {
  validated: ({ reportSha256, drives, macs, provedCables, waivedFindings }) =>
    `report ${reportSha256.slice(0, 12)}: ${number(drives.length, 'drive')}, ${number(macs.length, 'port')}, ` +
    `${number(provedCables.length, 'cable')} proved by switches` +
    (waivedFindings.length > 0 ? `; ${number(waivedFindings.length, 'finding')} let stand` : ''),
  'factory-new': (seen) => {
    const named = seen.drives.filter(({ isInShipNotice }) => isInShipNotice).length;
    return `${factoryNew(seen)}, ${named} named by the ship notice; order ${seen.orderId}`;
  },
  'erase-verified': (seen) =>
    erased(seen) + (seen.unverified.length > 0 ? `; not verified: ${seen.unverified.join(', ')}` : ''),
  'credentials-rotated': ({ account, refusedAccount }) =>
    `account ${account} has a fresh password` +
    (refusedAccount === null ? '; the safe names no factory account of this make' : `; ${refusedAccount} is refused`),
  'firmware-checked': ({ components, baselineFrom, unverified }) =>
    `${number(components.length, 'component')} read, ` +
    (baselineFrom === null ? 'no tool names a baseline' : `baseline of ${baselineFrom}`) +
    (unverified.length > 0 ? `; compared with nothing: ${unverified.join(', ')}` : ''),
  hardened: playbook,
  'burned-in': playbook,
  'profile-applied': ({ tool, profile }) =>
    tool === null ? 'no tool manages this make' : `${tool} reports ${profile} in force`,
  'handed-over': ({ tenantId, orderId, account }) => `tenant ${tenantId}, account ${account}, order ${orderId}`,
};

/** A proof's evidence in a sentence. */
function summaryOf<K extends ProofKind>(kind: K, proof: Proof): string {
  const seen = evidenceIn(kind, proof);
  return isRecordedBefore(seen) ? seen.recorded : summaries[kind](seen);
}

/** A proof as staff and auditors read it. */
export const proofView = (proof: Proof): z.input<typeof ProofView> => {
  const { id, kind, madeAt, madeBy, sagaId, evidence, voided } = proof;
  return { id, kind, madeAt, madeBy, sagaId, summary: summaryOf(kind, proof), evidence, voided };
};

/**
 * What a tenant reads of its own server: what was proved of it when it was handed over, not how, by whom, and what was
 * before. Nothing of a server that was not handed over to that tenant, or no longer is its own. `proofs`: all of the
 * server.
 */
export function proofsForTenant(proofs: readonly Proof[], tenantId: string): z.input<typeof ProofView>[] {
  const handedOver = proofs.find(({ kind, voided }) => kind === 'handed-over' && voided === null);
  const seen = handedOver && evidenceIn('handed-over', handedOver);
  if (!handedOver || !seen || isRecordedBefore(seen) || seen.tenantId !== tenantId) return [];
  const atHandOver = handedOver.madeAt;
  return proofs
    .filter(({ madeAt, voided }) => madeAt <= atHandOver && (voided === null || voided.at >= atHandOver))
    .map((proof) => ({
      id: proof.id,
      kind: proof.kind,
      madeAt: proof.madeAt,
      madeBy: null,
      sagaId: null,
      summary: tenantSummary(proof),
      evidence: null,
      voided: null,
    }));
}

function tenantSummary(proof: Proof): string | null {
  if (proof.kind !== 'erase-verified' && proof.kind !== 'factory-new') return null;
  if (proof.kind === 'factory-new') {
    const seen = evidenceIn('factory-new', proof);
    return isRecordedBefore(seen) ? null : factoryNew(seen);
  }
  const seen = evidenceIn('erase-verified', proof);
  return isRecordedBefore(seen) ? null : erased(seen);
}
