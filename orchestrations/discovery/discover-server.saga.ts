import { z } from 'zod';
import { awaitBmc } from '../../activities/discovery/await-bmc.ts';
import { identifyServer } from '../../activities/discovery/identify-server.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { defineSaga, type Flow, type Saga } from '../../shared/saga/define-saga.ts';
import type { CheckResult } from '../../shared/saga/remediate.ts';
import { inspection, remediateOrQuarantine, restartOfBmc } from './remedies.ts';

const [minute, hour] = [60_000, 3_600_000];
/** A technician is asked long before the eight hours of CABLED are over; with a last look the two make up the rest. */
const leaseWithin = 30 * minute;
const lookForTheCableWithin = 7 * hour;
/** POWERED_ON has five minutes: the alarm comes first, then the technician, who may take a day. */
const lookAtTheBmcWithin = 24 * hour;

/**
 * Guarantees: the server's BMC answers, and the machine behind it is the one on the ship notice.
 * Leaves behind on failure: no address of it anywhere; the server in quarantine if it was given up, with what was
 * tried. Started by: deploy-server; the BMC's first request for an address wakes it.
 */
export const discoverServer = defineSaga({
  name: 'discover-server',
  input: z.object({ serverId: ServerId }),
  about: ({ serverId }) => ({ serverId }),
  *story(saga, { serverId }) {
    const { address } = yield* remediateOrQuarantine(saga, serverId, {
      check: () => checkAddress(saga, serverId),
      remedies: [inspection(saga, serverId, lookForTheCableWithin)],
    });
    const { serial } = yield* remediateOrQuarantine(saga, serverId, {
      check: ({ attempt }) => checkIdentity(saga, serverId, attempt),
      remedies: [restartOfBmc(saga, serverId), inspection(saga, serverId, lookAtTheBmcWithin)],
    });
    return { address, serial };
  },
});

function* checkAddress(saga: Saga, serverId: ServerId): Flow<CheckResult<{ address: string }>> {
  const answer = yield* saga.waitFor(awaitBmc, { serverId }, { atMost: leaseWithin });
  return answer === 'too-late'
    ? {
        trouble: {
          kind: 'no-address',
          reason: `its BMC has asked for no address for ${leaseWithin / minute} minutes`,
        },
      }
    : { ok: answer };
}

function* checkIdentity(saga: Saga, serverId: ServerId, attempt: number): Flow<CheckResult<{ serial: string }>> {
  const answer = yield* saga.step(identifyServer, { serverId, attempt });
  return 'trouble' in answer ? answer : { ok: answer };
}
