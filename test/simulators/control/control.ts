// The lab's own desk: what happened in the simulated world, what it holds, and what should go wrong next.
import { z } from 'zod';
import { ManifestItem } from '../../../shared/facts/server.ts';
import type { BmcFleet } from '../bmc/fleet.ts';
import { hardwareFromManifest, type PhysicalFault } from '../bmc/hardware.ts';
import type { BmcFault } from '../bmc/state.ts';
import { FaultSwitch } from '../kit/faults.ts';
import type { Lab } from '../kit/lab.ts';
import { routes } from '../kit/routes.ts';
import { empty, json, type Simulator } from '../kit/simulator.ts';

const ServerFaults = z.object({
  bmc: z.array(z.object({ kind: z.string() }).loose()).default([]),
  physical: z.array(z.object({ kind: z.string() }).loose()).default([]),
});

const Machines = z.object({ machines: z.array(ManifestItem.extend({ datacenter: z.string() })).min(1) });

/**
 * `/lab`: `GET effects`, `effects/repeated`, `holdings`; `POST|GET|DELETE faults`; `POST servers`,
 * `servers/{serial}/faults`.
 */
export function controlApi(labOf: () => Lab, fleet: BmcFleet): Simulator<null> {
  const handle = routes<null>({
    'GET /effects': () => json(200, labOf().effects.all()),
    'GET /effects/repeated': () => json(200, labOf().effects.repeated()),
    'GET /holdings': () => json(200, labOf().holdings()),
    'GET /faults': () => json(200, labOf().faults.list()),
    'DELETE /faults': () => {
      labOf().faults.clear();
      return empty(204);
    },
    'POST /faults': ({ request }) => {
      const wanted = FaultSwitch.safeParse(request.body);
      if (!wanted.success) return json(400, { detail: wanted.error.message });
      labOf().faults.set(wanted.data);
      return json(201, wanted.data);
    },
    /** Puts power on these machines, as they come out of their boxes, with no network cable but their BMC's. */
    'POST /servers': async ({ request }) => {
      const wanted = Machines.safeParse(request.body);
      if (!wanted.success) return json(400, { detail: wanted.error.message });
      for (const { datacenter, ...item } of wanted.data.machines)
        await fleet.plugIn(hardwareFromManifest(item, { datacenter, cables: [] }));
      return empty(204);
    },
    'POST /servers/:serial/faults': ({ request, params }) => {
      const wanted = ServerFaults.safeParse(request.body);
      const serial = params['serial'] ?? '';
      if (!wanted.success || !fleet.record(serial))
        return json(fleet.record(serial) ? 400 : 404, {
          detail: wanted.error?.message ?? `no server ${serial} is plugged in`,
        });
      for (const fault of wanted.data.bmc) fleet.setFault(serial, fault as unknown as BmcFault);
      fleet.plant(serial, ...(wanted.data.physical as unknown as PhysicalFault[]));
      return empty(204);
    },
  });
  return { name: 'lab', initialState: () => null, handle };
}
