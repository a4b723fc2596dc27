import { z } from 'zod';
import { ServerId } from '../../shared/kernel/ids.ts';
import { move, moveBack } from '../../shared/saga/move.ts';
import { step } from '../../shared/saga/step.ts';

/**
 * From here on the machine is changed: firmware, accounts, settings. Taking it back makes it a merely validated one.
 */
export const beginCommissioning = step({
  name: 'begin-commissioning',
  input: z.object({ serverId: ServerId }),
  output: z.object({}),
  run: async ({ serverId }, deps, context) => {
    await move(deps, context, serverId, 'firmware-started');
    return {};
  },
  undo: {
    name: 'withdraw-commissioning',
    run: ({ serverId }, deps, context) => moveBack(deps, context, serverId, 'commissioning-withdrawn'),
  },
});
