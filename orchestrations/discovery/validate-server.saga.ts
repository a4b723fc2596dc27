import { z } from 'zod';
import { acceptValidation } from '../../activities/discovery/accept-validation.ts';
import { bootValidationImage } from '../../activities/discovery/boot-validation-image.ts';
import { compareWithOrder } from '../../activities/discovery/compare-with-order.ts';
import { fixFindings } from '../../activities/discovery/fix-findings.ts';
import { quarantineServer } from '../../activities/discovery/quarantine-server.ts';
import { testLinks } from '../../activities/discovery/test-links.ts';
import type { FindingKind } from '../../shared/domain/validation/finding.ts';
import { ServerId } from '../../shared/kernel/ids.ts';
import { defineSaga, type Flow, type Saga } from '../../shared/saga/define-saga.ts';
import { checkAgain, type CheckResult, type Remedy } from '../../shared/saga/remediate.ts';
import { inspection, remediateOrQuarantine, restartOfBmc } from './remedies.ts';

const attempts = 4;
/**
 * Three boots of twenty minutes fit into the two hours of DISCOVERED; then its alarm comes, and a technician may take a
 * day.
 */
const lookAtTheServerWithin = 24 * 3_600_000;

/** The step that checks starts the machine anew; its power is off in between. */
const restart: Remedy = {
  name: 'it is started again',
  helps: ['silent', 'refuses'],
  times: 2,
  use: checkAgain,
};

/**
 * Guarantees: every part and every cable is what was ordered and planned, and every link carries traffic, measured on
 * the machine itself, or waived by operations. Leaves behind on failure: the findings, the machine powered off with no
 * boot override, and in quarantine if it was given up. Started by: deploy-server.
 */
export const validateServer = defineSaga({
  name: 'validate-server',
  input: z.object({ serverId: ServerId }),
  about: ({ serverId }) => ({ serverId }),
  *story(saga, { serverId }) {
    let isMeasuredAgain = false;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      let seen = yield* differences(saga, serverId);
      if (!isMeasuredAgain && seen.isUnmeasured) {
        // A tool that failed once, or an image that fell silent, is no work for hands yet.
        isMeasuredAgain = true;
        yield* saga.tell('not everything was measured: the validation image is started once more');
        seen = yield* differences(saga, serverId);
      }
      let { blocking } = seen;
      if (blocking.length > 0 && attempt < attempts) {
        const answer = yield* saga.step(fixFindings, { serverId, findings: blocking.map(({ id }) => id) });
        if (answer.outcome === 'not-fixed')
          return yield* giveUp(
            saga,
            serverId,
            `a technician could not fix it: ${answer.reason}`,
            'a technician could not put right what differs from the order',
          );
        if (answer.outcome === 'fixed') continue;
        // Waived: nothing has changed on the machine, so it is only compared again.
        ({ blocking } = yield* saga.step(compareWithOrder, { serverId }));
      }
      if (blocking.length > 0) continue;
      yield* saga.step(acceptValidation, { serverId });
      return { attempts: attempt };
    }
    return yield* giveUp(
      saga,
      serverId,
      `it still differs after ${attempts} attempts`,
      `the server still differs from its order after ${attempts} attempts`,
    );
  },
});

function* giveUp(saga: Saga, serverId: ServerId, reason: string, reported: string): Flow<never> {
  yield* saga.step(quarantineServer, { serverId, reason, tried: ['a technician put right what was found'] });
  return saga.fail('validation.not-fixed', reported);
}

/** What there is to fix on the machine; `isUnmeasured` where all of it is that something was not measured. */
function* differences(
  saga: Saga,
  serverId: ServerId,
): Flow<{ blocking: { id: string; kind: FindingKind }[]; isUnmeasured: boolean }> {
  yield* measure(saga, serverId);
  const compared = yield* saga.step(compareWithOrder, { serverId });
  // Before anybody is sent, so that one visit is enough.
  const links = yield* saga.step(testLinks, { serverId });
  const blocking = [...compared.blocking, ...links.blocking];
  return {
    blocking,
    isUnmeasured:
      blocking.length > 0 &&
      compared.blocking.every(({ kind }) => kind === 'measurement') &&
      (links.blocking.length === 0 || !links.isTested),
  };
}

/** The validation image runs and has reported; a machine that does not run it is helped, gently first. */
function* measure(saga: Saga, serverId: ServerId): Flow<void> {
  yield* remediateOrQuarantine(saga, serverId, {
    check: ({ attempt }) => checkReport(saga, serverId, attempt),
    remedies: [restart, restartOfBmc(saga, serverId), inspection(saga, serverId, lookAtTheServerWithin)],
  });
}

function* checkReport(saga: Saga, serverId: ServerId, attempt: number): Flow<CheckResult<{ measuredAt: string }>> {
  const answer = yield* saga.step(bootValidationImage, { serverId, attempt });
  return 'trouble' in answer ? answer : { ok: answer };
}
