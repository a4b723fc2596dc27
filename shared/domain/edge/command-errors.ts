import { AppError } from '../../kernel/errors/app-error.ts';
import type { BmcOperation, BmcTarget } from '../../ports/bmc.ts';
import type { CommandStanding } from './commands.db.ts';

interface Asked {
  operation: BmcOperation;
  isWrite: boolean;
  bmc: BmcTarget;
}

/** Why a command failed, naming the hop: no agent, the agent, or the controller. */
export function errorOf(
  { state, answer, takenBy }: Pick<CommandStanding, 'state' | 'answer' | 'takenBy'>,
  { operation, isWrite, bmc }: Asked,
): AppError {
  const context = { operation, serverId: bmc.serverId, address: bmc.address, agent: takenBy };
  if (answer?.state === 'failed') {
    const { code, kind, message, retryAfterSeconds } = answer.error;
    return new AppError({
      code,
      kind,
      publicMessage: message,
      context,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  }
  if (state === 'expired') {
    return new AppError({
      code: 'edge-agent.not-fetched',
      kind: 'unavailable',
      context,
      publicMessage:
        `No edge agent of ${bmc.datacenterId} fetched '${operation}'. Check that one runs there and ` +
        'that it reaches the platform.',
    });
  }
  const reason = answer?.state === 'unknown' ? answer.reason : `the agent ${takenBy ?? ''} did not report its outcome`;
  return isWrite
    ? new AppError({
        code: 'edge-agent.unknown-outcome',
        kind: 'unavailable',
        context,
        publicMessage: `Nobody can say whether '${operation}' at ${bmc.address} had an effect: ${reason}.`,
      })
    : new AppError({
        code: 'edge-agent.no-answer',
        kind: 'unavailable',
        context,
        publicMessage: `'${operation}' at ${bmc.address} brought no answer: ${reason}.`,
      });
}
