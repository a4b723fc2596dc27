import type { AgentIdentity } from '../../shared/domain/edge/agents.api.ts';
import { makeRequest } from '../../shared/kernel/certificate-request.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { hours, minutes, seconds } from '../../shared/kernel/durations.ts';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import type { Tls } from '../../shared/kernel/http-client/connections.ts';
import { CallFailed } from '../../shared/kernel/http-client/failure.ts';
import type { Scheduler } from '../../shared/kernel/scheduler.ts';
import type { Secret } from '../../shared/kernel/secret.ts';
import type { EdgeLog } from '../kernel/log.ts';
import { backoff } from './backoff.ts';
import type { EnrolmentClient } from './enrolment-client.ts';
import type { IdentityFiles, StoredIdentity } from './identity-files.ts';

export interface IdentityOptions {
  files: IdentityFiles;
  enrolment: EnrolmentClient;
  datacenter: string;
  /** What lets it in where it has no certificate, or none that counts. */
  code: Secret | undefined;
  /** Whom it trusts to be the platform, in PEM; undefined: whom Node trusts. */
  authorities: readonly string[] | undefined;
  time: Scheduler;
  log: EdgeLog;
  random?: () => number;
}

export interface IdentityStatus {
  /** `none`: never let in. `over`: its certificate ended. `refused`: the platform does not take it, or its code. */
  state: 'none' | 'valid' | 'over' | 'refused';
  agentId: string | null;
  expiresAt: string | null;
  renewsAt: string | null;
  /** What is in the way; null where nothing is. */
  reason: string | null;
}

const soon = { firstMilliseconds: seconds(1), longestMilliseconds: minutes(1) };
const renewing = { firstMilliseconds: seconds(30), longestMilliseconds: hours(1) };
/** A platform that has said no is not asked more often: neither whether it still means it, nor with the same code. */
const afterRefusal = minutes(5);

/**
 * Who this agent is. It comes with a code once, has its certificate renewed with a fresh key when two thirds of its
 * time are over, and goes on with the old one until the new one is on disk. Where it is nobody (any more), it says so,
 * asks now and then, and nothing else of the agent stops.
 */
export class Identity {
  readonly #options: Required<IdentityOptions>;
  #current: StoredIdentity | undefined;
  #tls: Tls;
  /** Why the platform does not take us, and when it is asked again. */
  #refusal: { reason: string; until: number } | undefined;
  /** Why the last try to get a certificate failed. */
  #reason: string | null = null;
  #failures = 0;
  #isComingIn = false;
  #isStopped = false;
  #cancelEntry = () => {};
  #cancelRenewal = () => {};
  #onUsable: () => void = () => {};

  constructor(options: IdentityOptions) {
    this.#options = { random: Math.random, ...options };
    const { files, log, datacenter } = options;
    try {
      const kept = files.read();
      if (kept && kept.datacenter !== datacenter) throw new Error(`it is that of the agent of ${kept.datacenter}`);
      this.#current = kept;
    } catch (error) {
      log.identityUnreadable({ datacenter, reason: explain(error) });
    }
    this.#tls = this.#tlsOf(this.#current);
  }

  /** `onUsable` is called whenever it has become somebody, or somebody again. */
  start(onUsable: () => void): void {
    this.#onUsable = onUsable;
    this.#planRenewal();
    if (this.obstacle() === undefined) onUsable();
    else void this.#comeIn();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelEntry();
    this.#cancelRenewal();
  }

  /** The certificate to show: another object once it was renewed. */
  tls = (): Tls => this.#tls;

  /** Why there is no use in calling the platform now; undefined where there is. */
  obstacle(): string | undefined {
    const now = this.#options.time.now();
    if (this.#refusal && now < this.#refusal.until) return this.#refusal.reason;
    if (!this.#current) return this.#reason ?? 'this agent has no certificate yet';
    if (now >= this.#current.validUntil)
      return `this agent’s certificate ended at ${isoTime(this.#current.validUntil)}`;
    return undefined;
  }

  /** The platform took a call of ours. */
  accepted(): void {
    if (this.obstacle() !== undefined) return; // it was under way when we were refused: nothing has been sent since
    if (this.#refusal) this.#options.log.identityAccepted({ datacenter: this.#options.datacenter });
    this.#refusal = undefined;
  }

  /** The platform answered that it does not know who we are. */
  refused(reason: string): void {
    const { time, log, datacenter } = this.#options;
    if (this.obstacle() !== undefined) return; // many calls were under way; one word is enough
    if (!this.#refusal)
      log.identityRefused({ datacenter, reason, ...(this.#current && { agentId: this.#current.agentId }) });
    this.#refusal = { reason, until: time.now() + afterRefusal };
    void this.#comeIn();
  }

  status(): IdentityStatus {
    const current = this.#current;
    const isOver = current !== undefined && this.#options.time.now() >= current.validUntil;
    return {
      state: this.#refusal ? 'refused' : !current ? 'none' : isOver ? 'over' : 'valid',
      agentId: current?.agentId ?? null,
      expiresAt: current ? isoTime(current.validUntil) : null,
      renewsAt: current ? isoTime(renewalOf(current)) : null,
      reason: this.#refusal?.reason ?? this.obstacle() ?? this.#reason,
    };
  }

  /** Asks to be let in, again and again, where there is a code to do it with. */
  async #comeIn(): Promise<void> {
    const { code, log, datacenter } = this.#options;
    if (this.#isStopped || this.#isComingIn) return;
    if (code === undefined) return void log.codeNeeded({ datacenter, reason: this.obstacle() ?? '' });
    this.#isComingIn = true;
    await this.#enrol(code).catch((error: unknown) => this.#enterLater(error));
    this.#isComingIn = false;
  }

  async #enrol(code: Secret): Promise<void> {
    const { enrolment, log, datacenter } = this.#options;
    const identity = await this.#obtain((csr) => enrolment.enrol(this.#tlsOf(undefined), { code: code.reveal(), csr }));
    log.enrolled({ datacenter, agentId: identity.agentId, until: isoTime(identity.validUntil) });
    this.#adopt(identity);
  }

  /** An answer that is a no is one for a while; a platform that cannot be reached may answer the next moment. */
  #enterLater(error: unknown): void {
    const { log, datacenter, time, random } = this.#options;
    this.#reason = explain(error);
    const isAway = error instanceof CallFailed && (error.status === undefined || error.status >= 500);
    const askedToWait = error instanceof CallFailed ? seconds(error.retryAfterSeconds ?? 0) : 0;
    if (!isAway) this.#refusal = { reason: this.#reason, until: time.now() + Math.max(afterRefusal, askedToWait) };
    if (!isAway || this.#failures === 0) log.enrolmentFailed({ datacenter, reason: this.#reason });
    this.#failures += 1;
    this.#cancelEntry = this.#later(
      this.#refusal?.until ?? time.now() + backoff(this.#failures, { ...soon, random }),
      () => this.#comeIn(),
    );
  }

  async #renew(): Promise<void> {
    const { enrolment, log, datacenter, time, random } = this.#options;
    if (this.#isStopped || !this.#current) return;
    if (time.now() >= this.#current.validUntil) {
      log.identityOver({ datacenter, agentId: this.#current.agentId, until: isoTime(this.#current.validUntil) });
      return this.#comeIn();
    }
    try {
      const identity = await this.#obtain((csr) => enrolment.renew(this.#tls, { csr }));
      log.renewed({ datacenter, agentId: identity.agentId, until: isoTime(identity.validUntil) });
      this.#adopt(identity);
    } catch (error) {
      this.#reason = explain(error);
      this.#failures += 1;
      log.renewalFailed({ datacenter, reason: this.#reason });
      this.#cancelRenewal = this.#later(
        Math.min(time.now() + backoff(this.#failures, { ...renewing, random }), this.#current.validUntil),
        () => this.#renew(),
      );
    }
  }

  /**
   * The answer counts when it is on disk. Its key is there before it is asked for, so that nothing is lost with a
   * crash.
   */
  async #obtain(ask: (csr: string) => Promise<AgentIdentity>): Promise<StoredIdentity> {
    const { files, datacenter } = this.#options;
    const key = files.nextKey();
    const given = await ask(makeRequest(key));
    if (given.datacenter !== datacenter)
      throw new Error(
        `the platform takes this agent for that of ${given.datacenter}: the code was made for another datacenter`,
      );
    return files.write(key, given.certificate + given.chain);
  }

  #adopt(identity: StoredIdentity): void {
    const wasUsable = this.obstacle() === undefined;
    this.#current = identity;
    this.#tls = this.#tlsOf(identity);
    this.#refusal = undefined;
    this.#reason = null;
    this.#failures = 0;
    this.#cancelEntry();
    // However wrong the clock may be here: not at once again.
    this.#planRenewal(this.#options.time.now() + (identity.validUntil - identity.validFrom) / 10);
    if (!wasUsable && !this.#isStopped) this.#onUsable();
  }

  #planRenewal(notBefore = 0): void {
    this.#cancelRenewal();
    if (this.#current)
      this.#cancelRenewal = this.#later(Math.max(notBefore, renewalOf(this.#current)), () => this.#renew());
  }

  #later(at: number, run: () => Promise<void>): () => void {
    return this.#isStopped ? () => {} : this.#options.time.schedule(at, () => void run());
  }

  #tlsOf(identity: StoredIdentity | undefined): Tls {
    const { authorities } = this.#options;
    return {
      ...(authorities && { ca: authorities }),
      ...(identity && { cert: identity.certificate, key: identity.key }),
    };
  }
}

const renewalOf = ({ validFrom, validUntil }: StoredIdentity): number => validFrom + ((validUntil - validFrom) * 2) / 3;
