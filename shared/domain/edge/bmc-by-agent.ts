import type { Database } from '../../kernel/database/database.ts';
import type { Notices } from '../../kernel/database/notices.ts';
import { parse } from '../../kernel/errors/parse.ts';
import { callKey } from '../../kernel/idempotency-scope.ts';
import { newId } from '../../kernel/new-id.ts';
import { BmcOperation, bmcOperations, type Bmc, type BmcTarget } from '../../ports/bmc.ts';
import { errorOf } from './command-errors.ts';
import { issueCommand, answerNotice, standingOf, type CommandStanding } from './commands.db.ts';

export interface EdgeBmcOptions {
  db: Database;
  notices: Notices;
  /** How long a command may wait for an agent. An agent asks all the time; one that is there takes it at once. */
  startWithinSeconds?: number;
}

const lookAgainMilliseconds = 2000;

/**
 * Management controllers as the agents of their datacenters reach them. A call is written down as a command, and its
 * answer waited for; it ends in any case when the command's time is up.
 */
export function createEdgeBmc({ db, notices, startWithinSeconds = 20 }: EdgeBmcOptions): Bmc & { close(): void } {
  const waiting = new Map<string, Set<Bell>>();
  const unsubscribe = notices.on(answerNotice, (id) => {
    for (const [each, bells] of waiting) if (id === undefined || id === each) for (const bell of bells) bell.ring();
  });

  async function ended(id: string): Promise<CommandStanding> {
    const bell = new Bell();
    const bells = waiting.get(id) ?? new Set();
    waiting.set(id, bells.add(bell)); // before the first look, so that an answer between the two is heard
    try {
      for (;;) {
        const standing = await standingOf(db, id);
        if (standing.state !== 'waiting' && standing.state !== 'taken') return standing;
        await bell.heard(Math.min(standing.leftMilliseconds, lookAgainMilliseconds));
      }
    } finally {
      bells.delete(bell);
      if (bells.size === 0) waiting.delete(id);
    }
  }

  async function call(
    operation: BmcOperation,
    bmc: BmcTarget,
    input: unknown,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    signal?.throwIfAborted();
    const { isWrite, withinSeconds, output } = bmcOperations[operation];
    const key = isOnce(operation, input) ? callKey(`${bmc.serverId} ${operation} ${JSON.stringify(input)}`) : undefined;
    const id = await issueCommand(db, {
      id: newId('command', Date.now()),
      key,
      operation,
      isWrite,
      target: bmc,
      input: input ?? {},
      startWithinSeconds,
      runSeconds: withinSeconds,
    });
    const { state, answer, takenBy } = await ended(id);
    if (answer?.state === 'done') return parse(output, answer.result, `answer of the edge agent to ${operation}`);
    throw errorOf({ state, answer, takenBy }, { operation, isWrite, bmc });
  }

  const operations = BmcOperation.options.map(
    (operation) =>
      [
        operation,
        (bmc: BmcTarget, input?: unknown, options?: { signal?: AbortSignal }) =>
          call(operation, bmc, input, options?.signal),
      ] as const,
  );
  return { ...(Object.fromEntries(operations) as unknown as Bmc), close: unsubscribe };
}

function isOnce<N extends BmcOperation>(operation: N, input: unknown): boolean {
  const { input: schema, isOnce: answer } = bmcOperations[operation];
  return (answer as (input: unknown) => boolean)(parse(schema, input ?? {}, `input of ${operation}`));
}

/** Rung while nobody listens, it is heard at once by who listens next. */
class Bell {
  #isRung = false;
  #wake: (() => void) | undefined;
  ring(): void {
    this.#isRung = true;
    this.#wake?.();
  }
  async heard(withinMilliseconds: number): Promise<void> {
    if (!this.#isRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(1, withinMilliseconds));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#wake = undefined;
    this.#isRung = false;
  }
}
