import { z } from 'zod';
import { awaitDecommissionDecision } from '../../activities/decommissioning/await-decommission-decision.ts';
import { eraseServer } from '../../activities/decommissioning/erase-server.ts';
import { freePlace } from '../../activities/decommissioning/free-place.ts';
import { proposeDecommission } from '../../activities/decommissioning/propose-decommission.ts';
import { removeServer } from '../../activities/decommissioning/remove-server.ts';
import { retireServer } from '../../activities/decommissioning/retire-server.ts';
import { revokeTenantAccess } from '../../activities/decommissioning/revoke-tenant-access.ts';
import { withdrawFromTools } from '../../activities/decommissioning/withdraw-from-tools.ts';
import { DecommissionId, ServerId } from '../../shared/kernel/ids.ts';
import { defineSaga } from '../../shared/saga/define-saga.ts';

const fourteenDays = 14 * 86_400_000;

/**
 * Guarantees: nobody's data is left on any drive, with a certificate; the rack space is free; the server's end is on
 * record. Leaves behind on failure before the decision: the server as it was. After it, only forward, or a person.
 * Started by: POST /decommissions.
 */
export const decommissionServer = defineSaga({
  name: 'decommission-server',
  input: z.object({ decommissionId: DecommissionId, serverId: ServerId }),
  about: ({ serverId }) => ({ serverId }),
  *story(saga, { decommissionId, serverId }) {
    const { approvalId } = yield* saga.step(proposeDecommission, { decommissionId, serverId });
    const decided = yield* saga.waitFor(awaitDecommissionDecision, { approvalId }, { atMost: fourteenDays });
    if (decided === 'too-late') return saga.fail('decommission.undecided', 'nobody decided within 14 days');
    if (decided.decision !== 'approved')
      return saga.fail('decommission.rejected', `${decided.by} rejected it: ${decided.reason ?? 'no reason given'}`);

    saga.pointOfNoReturn('the data on the server is about to be destroyed');
    yield* saga.step(revokeTenantAccess, { decommissionId, serverId });
    yield* saga.step(eraseServer, { decommissionId, serverId });
    yield* saga.step(withdrawFromTools, { serverId });
    yield* saga.step(removeServer, { decommissionId, serverId });
    yield* saga.step(freePlace, { serverId });
    return yield* saga.step(retireServer, { decommissionId, serverId });
  },
});
