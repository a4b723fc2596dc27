import { createHash } from 'node:crypto';
import type { Asset } from '../../../shared/domain/assets/assets.db.ts';
import type { Evidence } from '../../../shared/domain/proofs/evidence.ts';
import type { Proof } from '../../../shared/domain/proofs/proofs.db.ts';
import { isoTime } from '../../../shared/kernel/clock.ts';
import { newId } from '../../../shared/kernel/new-id.ts';
import type { ProofKind } from '../../../shared/lifecycle/proof-kinds.ts';
import type { MockPlatform } from '../platform.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const drivesOf = ({ measured }: Asset) => (measured?.drives ?? []).map(({ name, serial = null }) => ({ name, serial }));
const playbookRun = (playbook: string, { id, serial }: Asset): Evidence<'hardened'> => ({
  jobId: String(Number.parseInt(sha256(id).slice(0, 4), 16)),
  playbook,
  serial: serial ?? 'unknown',
  resultSha256: sha256(`${playbook} ${id}`),
  result: null,
});

/** What the steps of a server's life would have seen, for each kind of proof. */
const seen: { readonly [K in ProofKind]: (asset: Asset) => Evidence<K> } = {
  validated: (asset) => ({
    serial: asset.serial ?? 'unknown',
    measuredAt: asset.measuredAt ?? asset.updatedAt,
    reportSha256: sha256(asset.id),
    imageJobs: [],
    drives: drivesOf(asset).map(({ serial, name }) => serial ?? name),
    macs: [...asset.macs],
    provedCables: asset.macs.map((_mac, n) => `NIC ${n + 1}`),
    statedCables: ['PSU 1', 'PSU 2'],
    waivedFindings: [],
  }),
  'factory-new': (asset) => ({
    orderId: asset.boughtFor ?? 'unknown',
    serial: asset.serial ?? 'unknown',
    shipNoticeSha256: sha256(`ship notice ${asset.id}`),
    drives: drivesOf(asset).map((drive) => ({ ...drive, isInShipNotice: true })),
  }),
  'erase-verified': (asset) => ({
    serial: asset.serial,
    erasureId: null,
    category: null,
    unverified: ['method', 'samples'],
    drives: drivesOf(asset).map((drive) => ({
      ...drive,
      knownFrom: ['bmc', 'validation-image'],
      outcome: 'erased',
      method: null,
      category: null,
      evidence: 'the management controller ended it well',
      unverified: ['method', 'samples'],
    })),
  }),
  'credentials-rotated': ({ id, bmcAddress }) => ({
    secretRef: `bmc/${id}/service`,
    account: 'rackline',
    bmcAddress: bmcAddress ?? '10.20.0.10',
    refusedAccount: 'Administrator',
  }),
  'firmware-checked': ({ facts, manufacturer }) => ({
    baselineFrom: manufacturer === 'Dell' ? 'openmanage' : 'oneview',
    components: (facts?.firmware ?? []).map(({ component, name, version = null }) => ({
      component,
      name,
      installed: version,
      baseline: version,
    })),
    unverified: ['nic', 'storage'],
  }),
  hardened: (asset) => playbookRun('harden-server', asset),
  'burned-in': (asset) => playbookRun('burn-in', asset),
  'profile-applied': ({ manufacturer, serial }) => ({
    tool: manufacturer === 'Dell' ? 'openmanage' : 'oneview',
    profile: 'rackline-standard',
    serial,
  }),
  'handed-over': ({ id, orderId, tenantId }) => ({
    orderId: orderId ?? 'unknown',
    tenantId: tenantId ?? 'unknown',
    secretRef: `bmc/${id}/tenant`,
    account: `t-${tenantId}`,
  }),
};

/** Proves something of a server, in the place of what was proved of the same kind. `at`: milliseconds since 1970. */
export function prove(
  platform: MockPlatform,
  asset: Asset,
  kind: ProofKind,
  by: { actor: string; sagaId: string | null },
  at: number,
): Proof {
  voidProofs(platform, asset, [kind], `proved anew by ${by.actor}`, by.actor, at);
  const proof: Proof = {
    id: newId('proof', at),
    serverId: asset.id,
    kind,
    evidence: seen[kind](asset),
    madeBy: by.actor,
    sagaId: by.sagaId,
    stepKey: null,
    madeAt: isoTime(at),
    voided: null,
  };
  platform.proofs.set(asset.id, [proof, ...(platform.proofs.get(asset.id) ?? [])]);
  return proof;
}

export function voidProofs(
  platform: MockPlatform,
  asset: Asset,
  kinds: readonly ProofKind[],
  reason: string,
  by: string,
  at: number,
): void {
  for (const proof of platform.proofs.get(asset.id) ?? [])
    if (proof.voided === null && kinds.includes(proof.kind)) proof.voided = { at: isoTime(at), by, reason };
}
