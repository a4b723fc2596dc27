import type { Asset } from '../../shared/domain/assets/assets.db.ts';
import type { EdgeReport } from '../../shared/domain/edge/edge.api.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { assetNamed, observe } from './observed.ts';

type Boot = Extract<EdgeReport, { kind: 'boot-answered' }>;

const told: Record<Boot['choice'], string> = {
  image: 'the validation image',
  disk: 'its own drive',
  hold: 'nothing: it waits',
};

/** A server asked its datacenter what to boot: its history says what it was told. */
export async function noteBoot(boot: Boot, deps: Deps): Promise<Asset[]> {
  const asset = await assetNamed(deps.db, boot, boot.serverId);
  if (!asset) {
    deps.log.unknownDevice({ reason: `${boot.mac} asked ${boot.datacenter} what to boot` });
    return [];
  }
  const { mac, choice, reason, architecture } = boot;
  await observe(
    boot,
    asset,
    mac,
    {
      kind: 'boot',
      what: `Port ${mac} asked what to boot and was given ${told[choice]}, because ${reason}.`,
      detail: { mac, choice, reason, architecture: architecture ?? null },
    },
    deps,
  );
  return [];
}
