import type { Asset } from '../assets/assets.db.ts';
import type { EdgeReport } from './edge.api.ts';
import type { ReportDeps } from './report-deps.ts';
import { addToHistory, reportedServer } from './server-history.ts';

type Boot = Extract<EdgeReport, { kind: 'boot-answered' }>;

const given: Record<Boot['choice'], string> = {
  image: 'the validation image',
  disk: 'its own drive',
  hold: 'nothing: it waits',
};

/** Adds to the server's history what its machine was given to boot. No saga waits for that. */
export async function recordBoot(boot: Boot, deps: ReportDeps): Promise<Asset[]> {
  const asset = await reportedServer(deps.db, boot, boot.serverId);
  if (!asset) {
    deps.log.unknownDevice({ reason: `${boot.mac} asked ${boot.datacenter} what to boot` });
    return [];
  }
  const { mac, choice, reason, architecture } = boot;
  const what = `Port ${mac} asked what to boot and was given ${given[choice]}, because ${reason}.`;
  const detail = { mac, choice, reason, architecture: architecture ?? null };
  await addToHistory(boot, asset, mac, { kind: 'boot', what, detail }, deps);
  return [];
}
