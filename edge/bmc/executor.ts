import type { CommandOutcome, EdgeCommand } from '../../shared/domain/edge/edge.api.ts';
import { AppError, explain } from '../../shared/kernel/errors/app-error.ts';
import { parse } from '../../shared/kernel/errors/parse.ts';
import { isFailure } from '../../shared/kernel/http-client/failure.ts';
import { bmcOperations, type Bmc, type BmcOperation, type BmcTarget } from '../../shared/ports/bmc.ts';
import type { SecretRef } from '../../shared/ports/secrets.ts';
import type { BmcGate } from './gate.ts';
import type { CommandLedger } from './ledger.ts';

export interface ExecutorOptions {
  datacenter: string;
  bmc: Bmc;
  gate: Pick<BmcGate, 'run' | 'holdExclusively'>;
  ledger: Pick<CommandLedger, 'begin' | 'end' | 'brokenOff'>;
  /** Resolves to whether the answer is on disk: then the platform will receive it. */
  answer(command: { id: string; serverId: string }, outcome: CommandOutcome): Promise<boolean>;
  /** Drops cached credentials: a command that proves or sets a password needs the one that is in the vault now. */
  forgetSecrets(refs: readonly SecretRef[]): void;
  /** Whether the address is in this datacenter's management networks. */
  mayReach(address: string): boolean;
  now(): number;
}

/** A hold outlasts the polling of a pending operation: the controller is not sampled between two polls. */
const exclusiveFactor = 3;

/**
 * Carries out commands: each write once, one command per controller at a time, each within its time limit. A command
 * that is still running at its limit is aborted, so that the next one never overlaps it.
 */
export class Executor {
  readonly #options: ExecutorOptions;
  /** By command id; a command that arrives again while it runs joins the run. */
  readonly #inFlight = new Map<string, Promise<void>>();

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Answers for writes that an earlier process had begun and not ended. Call it before the first command. */
  async settle(): Promise<void> {
    const { ledger, answer, now } = this.#options;
    for (const { id, server } of ledger.brokenOff()) {
      const isKept = await answer(
        { id, serverId: server },
        { state: 'unknown', reason: 'the agent ended while it carried out the command' },
      );
      if (isKept) ledger.end(id, now());
    }
  }

  /** `deadline` is on the clock of `performance.now()`. Never rejects; the answer says how it went. */
  carryOut(command: EdgeCommand, deadline: number): Promise<void> {
    const known = this.#inFlight.get(command.id);
    if (known) return known;
    const run = this.#run(command, deadline).finally(() => this.#inFlight.delete(command.id));
    this.#inFlight.set(command.id, run);
    return run;
  }

  /** Resolves when no command runs. */
  async idle(): Promise<void> {
    await Promise.all(this.#inFlight.values());
  }

  async #run(command: EdgeCommand, deadline: number): Promise<void> {
    const end = new AbortController();
    const abort = () => end.abort(new Error('its time limit passed'));
    const timer = setTimeout(abort, Math.max(0, deadline - performance.now()));
    if (deadline <= performance.now()) abort(); // a timer may fire late
    try {
      const outcome = await this.#outcomeOf(command, end.signal);
      if (outcome === undefined) return; // it was begun before, and is answered by whoever began it
      const isKept = await this.#options.answer({ id: command.id, serverId: command.target.serverId }, outcome);
      if (isKept && command.isWrite) this.#options.ledger.end(command.id, this.#options.now());
    } finally {
      clearTimeout(timer);
    }
  }

  async #outcomeOf(command: EdgeCommand, signal: AbortSignal): Promise<CommandOutcome | undefined> {
    const { ledger, now, gate } = this.#options;
    try {
      this.#check(command);
      return await gate.run(command.target.address, 'command', async () => {
        if (signal.aborted) return lateOutcome(command, false, signal.reason);
        const entry = command.isWrite
          ? ledger.begin({ id: command.id, fence: command.fence, server: command.target.serverId, now: now() })
          : 'begun';
        if (entry === 'again') return undefined;
        return entry === 'stale' ? failure(overtaken(command)) : this.#perform(command, signal);
      });
    } catch (error) {
      return failure(error);
    }
  }

  #check({ target, operation, isWrite }: EdgeCommand): void {
    const { datacenter, mayReach } = this.#options;
    if (isWrite !== bmcOperations[operation].isWrite)
      throw new AppError({
        code: 'edge.bad-command',
        kind: 'bug',
        publicMessage:
          `'${operation}' is ${isWrite ? 'not ' : ''}a write. Platform and agent run different releases: ` +
          'update the older one.',
      });
    if (target.datacenterId === datacenter && mayReach(target.address)) return;
    throw new AppError({
      code: 'edge.foreign-address',
      kind: 'forbidden',
      publicMessage:
        `${target.address} is not a management controller of ${datacenter}: it is outside its management ` +
        'networks.',
    });
  }

  async #perform(command: EdgeCommand, signal: AbortSignal): Promise<CommandOutcome> {
    const { gate, now } = this.#options;
    try {
      const result = await this.#call(command.operation, command.target, command.input, signal);
      if (command.isWrite)
        gate.holdExclusively(command.target.address, exclusiveUntil(command.operation, result, now()));
      return { state: 'done', result };
    } catch (error) {
      // the next attempt reads the credentials from the vault
      if (isFailure(error, 'auth')) this.#options.forgetSecrets([command.target.secretRef]);
      return signal.aborted ? lateOutcome(command, true, error) : failure(error);
    }
  }

  /** Calls the operation by name; its schemas check input and result. */
  async #call<N extends BmcOperation>(
    operation: N,
    target: BmcTarget,
    input: unknown,
    signal: AbortSignal,
  ): Promise<unknown> {
    const { input: schema, output } = bmcOperations[operation];
    const given = parse(schema, input, `input of ${operation}`);
    if (operation === 'canLogIn') this.#options.forgetSecrets([target.secretRef]);
    if (typeof given === 'object' && given !== null && 'secretRef' in given)
      this.#options.forgetSecrets([given.secretRef]);
    const call: (bmc: BmcTarget, input: unknown, options: { signal: AbortSignal }) => Promise<unknown> = this.#options
      .bmc[operation] as never;
    return parse(output, await call(target, given, { signal }), `result of ${operation}`);
  }
}

/** Aborted at its time limit: what a write had done by then is unknown; a read has done nothing. */
function lateOutcome({ isWrite, operation }: EdgeCommand, hasBegun: boolean, error: unknown): CommandOutcome {
  if (isWrite && hasBegun)
    return { state: 'unknown', reason: `its time limit passed while it ran (${explain(error)})` };
  return failure(
    new AppError({
      code: 'edge.too-late',
      kind: 'unavailable',
      publicMessage:
        `'${operation}' was not ${hasBegun ? 'finished' : 'started'} within its time limit: ${explain(error)}. The ` +
        'controller is busy or slow.',
    }),
  );
}

function failure(error: unknown): CommandOutcome {
  if (!(error instanceof AppError))
    return { state: 'failed', error: { code: 'edge.failed', kind: 'bug', message: explain(error) } };
  const { code, kind, publicMessage, retryAfterSeconds } = error;
  return {
    state: 'failed',
    error: { code, kind, message: publicMessage, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) },
  };
}

const overtaken = ({ operation }: EdgeCommand) =>
  new AppError({
    code: 'edge.overtaken',
    kind: 'conflict',
    publicMessage: `'${operation}' arrived after a later command to the same controller and was not started.`,
  });

/** Until when the controller goes on working after the answer (milliseconds since 1970); 0 where it does not. */
function exclusiveUntil(operation: BmcOperation, result: unknown, now: number): number {
  const isLong = operation === 'updateFirmware' || operation === 'eraseDrives';
  const pollAfterSeconds =
    isLong && typeof result === 'object' && result !== null && 'pollAfterSeconds' in result
      ? Number(result.pollAfterSeconds)
      : 0;
  return pollAfterSeconds > 0 ? now + pollAfterSeconds * 1000 * exclusiveFactor : 0;
}
