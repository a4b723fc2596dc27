import { z } from 'zod';
import { acceptValidation } from '../../activities/discovery/accept-validation.ts';
import { bootValidationImage } from '../../activities/discovery/boot-validation-image.ts';
import { compareWithOrder } from '../../activities/discovery/compare-with-order.ts';
import { fixFindings } from '../../activities/discovery/fix-findings.ts';
import { OrderId, ServerId } from '../../shared/ids.ts';
import { defineSaga } from '../../shared/saga/define-saga.ts';

const attempts = 4;

/**
 * Guarantees: every part and every cable is what was ordered and planned, measured on the machine itself.
 * Leaves behind on failure: the findings, and the machine powered off with no boot override.
 * Started by: deploy-server.
 */
export const validateServer = defineSaga('validate-server', z.object({ orderId: OrderId, serverId: ServerId }), function* (saga, { serverId }) {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    yield* saga.step(bootValidationImage, { serverId });
    const { toFix } = yield* saga.step(compareWithOrder, { serverId });
    if (toFix.length === 0) {
      yield* saga.step(acceptValidation, { serverId });
      return { attempts: attempt };
    }
    if (attempt < attempts) yield* saga.step(fixFindings, { serverId, findings: toFix });
  }
  return saga.fail('validation.not-fixed', `the server still differs from its order after ${attempts} attempts`);
});
