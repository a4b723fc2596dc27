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
  /** Answers whether the answer is on disk: then the platform will hear of it. */
  answer(command: { id: string; serverId: string }, outcome: CommandOutcome): Promise<boolean>;
  /**
   * What is remembered of these is no longer to be trusted: what proves or sets a password has to be the one that is in
   * the safe now.
   */
  forgetSecrets(refs: readonly SecretRef[]): void;
  /** Whether this datacenter's network has such a controller. */
  mayReach(address: string): boolean;
  now(): number;
}

/** Long enough for what is asked after again: a BMC that writes firmware is not looked at between two questions. */
const exclusiveFactor = 3;

/**
 * Carries out commands: each write once, each in its time, one at a time per controller. What is still under way when
 * a command's time is up is called off, so that the next one never meets it.
 */
export class Executor {
  readonly #options: ExecutorOptions;
  /** By id; what is asked for again while it runs is the same. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** What an earlier process had begun and not ended is answered for. Call before the first command. */
  async settle(): Promise<void> {
    const { ledger, answer, now } = this.#options;
    for (const { id, server } of ledger.brokenOff()) {
      const isKept = await answer(
        { id, serverId: server },
        { state: 'unknown', reason: 'the agent ended while it was at it' },
      );
      if (isKept) ledger.end(id, now());
    }
  }

  /** `deadline` is a moment of `performance.now()`. Never throws; the answer says how it went. */
  carryOut(command: EdgeCommand, deadline: number): Promise<void> {
    const known = this.#underWay.get(command.id);
    if (known) return known;
    const run = this.#run(command, deadline).finally(() => this.#underWay.delete(command.id));
    this.#underWay.set(command.id, run);
    return run;
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  async #run(command: EdgeCommand, deadline: number): Promise<void> {
    const end = new AbortController();
    const callOff = () => end.abort(new Error('its time was up'));
    const timer = setTimeout(callOff, Math.max(0, deadline - performance.now()));
    if (deadline <= performance.now()) callOff(); // a timer comes when it can
    try {
      const outcome = await this.#outcomeOf(command, end.signal);
      if (outcome === undefined) return; // it was begun before: its answer is on its way, or will be
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
          `'${operation}' is ${isWrite ? 'no' : 'a'} write. Platform and agent are of different releases: ` +
          'update the older one.',
      });
    if (target.datacenterId === datacenter && mayReach(target.address)) return;
    throw new AppError({
      code: 'edge.foreign-address',
      kind: 'forbidden',
      publicMessage:
        `${target.address} is no management controller of ${datacenter}: it lies outside its management ` + 'networks.',
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
      // the next try has what is in the safe then
      if (isFailure(error, 'auth')) this.#options.forgetSecrets([command.target.secretRef]);
      return signal.aborted ? lateOutcome(command, true, error) : failure(error);
    }
  }

  /** By name, with what the schemas of the operation say goes in and comes out. */
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

/** Called off after it had begun, nobody knows what a write has done; a read has done nothing. */
function lateOutcome({ isWrite, operation }: EdgeCommand, hasBegun: boolean, error: unknown): CommandOutcome {
  if (isWrite && hasBegun)
    return { state: 'unknown', reason: `its time was up in the middle of it (${explain(error)})` };
  return failure(
    new AppError({
      code: 'edge.too-late',
      kind: 'unavailable',
      publicMessage:
        `'${operation}' was not ${hasBegun ? 'done' : 'begun'} in its time: ${explain(error)}. The ` +
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
    publicMessage: `'${operation}' came after a later command to the same controller and was not begun.`,
  });

/** Work that goes on at the controller after the answer: 0 where there is none. */
function exclusiveUntil(operation: BmcOperation, result: unknown, now: number): number {
  const isLong = operation === 'updateFirmware' || operation === 'eraseDrives';
  const pollAfterSeconds =
    isLong && typeof result === 'object' && result !== null && 'pollAfterSeconds' in result
      ? Number(result.pollAfterSeconds)
      : 0;
  return pollAfterSeconds > 0 ? now + pollAfterSeconds * 1000 * exclusiveFactor : 0;
}
