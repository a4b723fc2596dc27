import { z } from 'zod';
import { ServerId } from '../../shared/kernel/ids.ts';
import { quarantine } from '../../shared/lifecycle/condition.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/** Takes a server out of circulation that could not be brought to work, and says what was tried. */
export const quarantineServer = step({
  name: 'quarantine-server',
  input: z.object({ serverId: ServerId, reason: z.string(), tried: z.array(z.string()) }),
  output: z.object({}),
  run: async ({ serverId, reason, tried }, { db, clock }, { sagaId }) => {
    await quarantine(db, clock, serverId, { reason, tried, sagaId });
    return {};
  },
  undo: nothing(
    'a machine that was given up on must not be taken for the next order: a person says when it may be used again',
  ),
});
