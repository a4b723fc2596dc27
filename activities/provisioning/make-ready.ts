import { z } from 'zod';
import { ServerId } from '../../shared/kernel/ids.ts';
import { move } from '../../shared/saga/move.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/** Declares the server fit for a tenant. The lifecycle checks that every proof is there. */
export const makeReady = step({
  name: 'make-ready',
  input: z.object({ serverId: ServerId }),
  output: z.object({}),
  run: async ({ serverId }, deps, context) => {
    await move(deps, context, serverId, 'made-ready');
    return {};
  },
  undo: nothing('withdrawing the commissioning takes READY back with it'),
});
