import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { macOf, physicalPorts } from '../../shared/domain/validation/ports.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { move, moveBack } from '../../shared/saga/move.ts';
import { step } from '../../shared/saga/step.ts';
import { validationOf } from './validation-of.ts';

/**
 * The machine is what it should be: the inventory takes over what was measured, the ports it has, and the cables that
 * were proved.
 */
export const acceptValidation = step({
  name: 'accept-validation',
  input: z.object({ serverId: ServerId }),
  output: z.object({}),
  run: async ({ serverId }, deps, context) => {
    const asset = await getAsset(deps.db, serverId);
    const { facts, provedCables, cables } = await validationOf(asset, asset.facts, deps);
    await deps.dcim.recordFacts(serverId, facts);
    await deps.dcim.recordPorts(
      serverId,
      physicalPorts(facts.networkPorts).flatMap(({ name, mac }) => {
        const plain = macOf(mac);
        return plain === undefined ? [] : [{ name, mac: plain }];
      }),
    );
    // The switch proves a network cable, and that the BMC answers proves its own. Power cords nobody can ask: the
    // machine runs, and a technician said so.
    const others = cables.filter(({ kind }) => kind !== 'network').map(({ localPort }) => localPort);
    await deps.dcim.confirmCables(serverId, [...provedCables, ...others]);
    await move(deps, context, serverId, 'validated');
    return {};
  },
  undo: {
    name: 'withdraw-validation',
    run: ({ serverId }, deps, context) => moveBack(deps, context, serverId, 'validation-withdrawn'),
  },
});
