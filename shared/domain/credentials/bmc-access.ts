import type { DatacenterId, ServerId } from '../../kernel/ids.ts';
import type { BmcTarget } from '../../ports/bmc.ts';
import { SecretRef } from '../../ports/secrets.ts';

/** Our own account on a server's BMC, once commissioning has made it. */
export const serviceSecret = (serverId: string): SecretRef => SecretRef.parse(`bmc/${serverId}/service`);
/** A password on its way in: written here before the BMC is told, so that no crash can lose it. */
export const pendingSecret = (serverId: string): SecretRef => SecretRef.parse(`bmc/${serverId}/pending`);
/** What the tenant was given. */
export const tenantSecret = (serverId: string): SecretRef => SecretRef.parse(`bmc/${serverId}/tenant`);
/** What a vendor's machines leave the factory with. */
export const factorySecret = (manufacturer: string | null): SecretRef =>
  SecretRef.parse(
    `bmc-factory/${
      (manufacturer ?? 'unknown')
        .toLowerCase()
        .match(/[a-z0-9]+/g)
        ?.join('-') ?? 'unknown'
    }`,
  );

/** Which controllers a secret opens: one server's, those of a make as they leave the factory, or none. */
export type SecretScope = { kind: 'server'; serverId: string } | { kind: 'factory' } | { kind: 'none' };

export function scopeOfSecret(ref: SecretRef): SecretScope {
  if (ref.startsWith('bmc-factory/')) return { kind: 'factory' };
  const [, serverId] = /^bmc\/([^/]+)\/(?:service|pending|tenant)$/.exec(ref) ?? [];
  return serverId === undefined ? { kind: 'none' } : { kind: 'server', serverId };
}

/** What is known of a server's management controller. */
export interface ManagedServer {
  id: ServerId;
  datacenterId: DatacenterId;
  bmcAddress: string | null;
  bmcSecretRef: SecretRef | null;
  manufacturer: string | null;
}

/** Where a server's BMC answers, to be opened with that secret. */
export function bmcWith(
  asset: Pick<ManagedServer, 'id' | 'datacenterId' | 'bmcAddress'>,
  secretRef: SecretRef,
): BmcTarget {
  if (!asset.bmcAddress) throw new Error(`The BMC of ${asset.id} has no address yet`);
  return { serverId: asset.id, datacenterId: asset.datacenterId, address: asset.bmcAddress, secretRef };
}

/** The same with the secret that opens it now: ours once commissioned, the factory's before. */
export const bmcOf = (asset: ManagedServer): BmcTarget =>
  bmcWith(asset, asset.bmcSecretRef ?? factorySecret(asset.manufacturer));
