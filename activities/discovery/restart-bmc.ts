import { z } from 'zod';
import { getAsset } from '../../shared/domain/assets/assets.db.ts';
import { bmcOf } from '../../shared/domain/credentials/bmc-access.ts';
import { askBmc } from '../../shared/domain/health/bmc-trouble.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { nothing, step } from '../../shared/saga/step.ts';

/**
 * Restarts a server's management controller, which leaves the server itself running. That it refuses is an answer:
 * there are other remedies.
 */
export const restartBmc = step({
  name: 'restart-bmc',
  input: z.object({ serverId: ServerId }),
  output: z.object({ refusedReason: z.string().optional() }),
  run: async ({ serverId }, deps) => {
    const target = bmcOf(await getAsset(deps.db, serverId));
    const answer = await askBmc(deps.bmc, target, () => deps.bmc.restartBmc(target));
    if ('unreachable' in answer) throw new Error(answer.unreachable);
    return 'trouble' in answer ? { refusedReason: answer.trouble.reason } : {};
  },
  undo: nothing('a controller that was restarted runs again'),
});
