import type { Database } from '../../kernel/database/database.ts';
import type { Notices } from '../../kernel/database/notices.ts';
import { parse } from '../../kernel/errors/parse.ts';
import { callKey } from '../../kernel/idempotency-scope.ts';
import { newId } from '../../kernel/new-id.ts';
import { Signal } from '../../kernel/signal.ts';
import { BmcOperation, bmcOperations, type Bmc, type BmcTarget } from '../../ports/bmc.ts';
import { errorOf } from './command-errors.ts';
import { issueCommand, answerNotice, standingOf, type CommandStanding } from './commands.db.ts';

export interface EdgeBmcOptions {
  db: Database;
  notices: Notices;
  /** How long a command may wait for an agent. A running agent asks all the time and takes it at once. */
  startWithinSeconds?: number;
}

/** Notices can be lost: the command is read again after this time at the latest. */
const rereadMilliseconds = 2000;

/**
 * Management controllers as the agents of their datacenters reach them. A call is stored as a command and waits for its
 * answer, at most until the command's time is up.
 */
export function createEdgeBmc({ db, notices, startWithinSeconds = 20 }: EdgeBmcOptions): Bmc & { close(): void } {
  const waiting = new Map<string, Set<Signal>>();
  const unsubscribe = notices.on(answerNotice, (id) => {
    for (const [each, signals] of waiting)
      if (id === undefined || id === each) for (const signal of signals) signal.notify();
  });

  async function ended(id: string): Promise<CommandStanding> {
    const answered = new Signal();
    const signals = waiting.get(id) ?? new Set();
    waiting.set(id, signals.add(answered)); // before the first read, so that an answer in between is not missed
    try {
      for (;;) {
        const standing = await standingOf(db, id);
        if (standing.state !== 'waiting' && standing.state !== 'taken') return standing;
        await answered.wait({ atMostMilliseconds: Math.min(standing.leftMilliseconds, rereadMilliseconds) });
      }
    } finally {
      signals.delete(answered);
      if (signals.size === 0) waiting.delete(id);
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
