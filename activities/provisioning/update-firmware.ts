import { z } from 'zod';
import { bmcOf } from '../../shared/bmc-access.ts';
import { hours } from '../../shared/clock.ts';
import { getAsset, type Asset } from '../../shared/db/assets.ts';
import { appendEvents, event } from '../../shared/events/log.ts';
import { ServerId } from '../../shared/ids.ts';
import type { UpdatableComponent } from '../../shared/ports/bmc.ts';
import { nothing, step } from '../../shared/saga/step.ts';
import { vendorToolOf } from '../../shared/vendor-tool-of.ts';
import type { World } from '../../shared/world.ts';

/** The order vendors ask for: a new BMC may refuse an image that needs a newer BIOS. */
const order: readonly UpdatableComponent[] = ['bios', 'bmc', 'nic', 'storage'];

interface Wanted {
  component: UpdatableComponent;
  installed: string;
  baseline: string;
}

/** Brings every component to the baseline, one after the other. Done means read back from the machine, not reported by a job. */
export const updateFirmware = step({
  name: 'update-firmware',
  input: z.object({ serverId: ServerId }),
  output: z.object({ compliant: z.boolean() }),
  atMost: hours(6),
  isInterruptible: false,
  run: async ({ serverId }, world, { ticket }) => {
    const asset = await getAsset(world.db, serverId);
    // The ticket is `<component> <ticket of the BMC>`; a component that is done leads to the next one.
    let running = ticket?.split(' ', 2) as [UpdatableComponent, string] | undefined;
    for (const wanted of await outdated(world, asset)) {
      const mine = running?.[0] === wanted.component ? running[1] : undefined;
      if (mine === undefined) await tell(world, asset, wanted, 'firmware.update_started');
      const update = await world.bmc.updateFirmware(await bmcOf(world, asset), {
        component: wanted.component, version: wanted.baseline, imageUrl: `${world.settings.firmwareUrl}/${asset.model}/${wanted.component}-${wanted.baseline}.bin`, ...(mine !== undefined && { ticket: mine }),
      });
      if (update.outcome === 'pending') return { ...update, ticket: `${wanted.component} ${update.ticket}`, waitingFor: `${wanted.component} firmware ${wanted.baseline}` };
      if (update.outcome === 'refused') {
        await tell(world, asset, wanted, 'firmware.update_failed', update.reason);
        return update;
      }
      running = undefined;
      await tell(world, asset, wanted, 'firmware.update_completed');
    }
    return { compliant: true };
  },
  undo: nothing('firmware only goes forward; the next commissioning checks it again'),
});

async function outdated(world: World, asset: Asset): Promise<Wanted[]> {
  const tool = vendorToolOf(world, asset);
  if (!tool || !asset.serial) return [];
  const baselines = (await tool.firmwareCompliance(asset.serial)).map(({ component, baseline }) => ({ component: component as UpdatableComponent, baseline }));
  // The tool's own inventory may lag behind the machine: what is installed is asked of the BMC.
  const installed = await world.bmc.readFirmware(await bmcOf(world, asset));
  return order.flatMap((component) => {
    const baseline = baselines.find((each) => each.component === component)?.baseline;
    const version = installed.find((each) => each.component === component)?.version;
    return baseline && version && version !== baseline ? [{ component, baseline, installed: version }] : [];
  });
}

async function tell({ db, clock }: World, asset: Asset, { component, installed, baseline }: Wanted, topic: 'firmware.update_started' | 'firmware.update_completed' | 'firmware.update_failed', because = ''): Promise<void> {
  const about = { subject: asset.id, datacenterId: asset.datacenterId, tenantId: asset.tenantId };
  const events = {
    'firmware.update_started': () => event({ ...about, topic: 'firmware.update_started', data: { serverId: asset.id, component, from: installed, to: baseline } }),
    'firmware.update_completed': () => event({ ...about, topic: 'firmware.update_completed', data: { serverId: asset.id, component, version: baseline } }),
    'firmware.update_failed': () => event({ ...about, topic: 'firmware.update_failed', data: { serverId: asset.id, component, because } }),
  };
  await db.transaction((tx) => appendEvents(tx, clock, [events[topic]()]));
}
