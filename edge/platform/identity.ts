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
  /** The enrolment code; needed while the agent has no valid certificate. */
  code: Secret | undefined;
  /** Authorities to trust for the platform's certificate, in PEM; undefined: those of Node. */
  authorities: readonly string[] | undefined;
  time: Scheduler;
  log: EdgeLog;
  random?: () => number;
}

export interface IdentityStatus {
  /**
   * `none`: never enrolled. `over`: its certificate has expired. `refused`: the platform refuses its certificate or
   * code.
   */
  state: 'none' | 'valid' | 'over' | 'refused';
  agentId: string | null;
  expiresAt: string | null;
  renewsAt: string | null;
  /** Why the agent cannot call the platform; null where it can. */
  reason: string | null;
}

const soon = { firstMilliseconds: seconds(1), longestMilliseconds: minutes(1) };
const renewing = { firstMilliseconds: seconds(30), longestMilliseconds: hours(1) };
/** After a refusal the platform is called no more often than this, neither with the certificate nor with the code. */
const afterRefusal = minutes(5);

/**
 * The agent's identity: it is enrolled once with a code, its certificate is renewed with a fresh key after two thirds
 * of its lifetime, and the old one stays in use until the new one is on disk. Without a valid identity the agent says
 * so and retries; its other parts go on.
 */
export class Identity {
  readonly #options: Required<IdentityOptions>;
  #current: StoredIdentity | undefined;
  #tls: Tls;
  /** Why the platform refuses the agent, and when it is called again. */
  #refusal: { reason: string; until: number } | undefined;
  /** Why the last enrolment or renewal failed. */
  #reason: string | null = null;
  #failures = 0;
  #isEnrolling = false;
  #isStopped = false;
  #cancelEnrolment = () => {};
  #cancelRenewal = () => {};
  #onUsable: () => void = () => {};

  constructor(options: IdentityOptions) {
    this.#options = { random: Math.random, ...options };
    const { files, log, datacenter } = options;
    try {
      const kept = files.read();
      if (kept && kept.datacenter !== datacenter) throw new Error(`it belongs to the agent of ${kept.datacenter}`);
      this.#current = kept;
    } catch (error) {
      log.identityUnreadable({ datacenter, reason: explain(error) });
    }
    this.#tls = this.#tlsOf(this.#current);
  }

  /** `onUsable` is called whenever calls to the platform become possible. */
  start(onUsable: () => void): void {
    this.#onUsable = onUsable;
    this.#planRenewal();
    if (this.obstacle() === undefined) onUsable();
    else void this.#enrolIfPossible();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelEnrolment();
    this.#cancelRenewal();
  }

  /** The TLS options for calls: another object after a renewal. */
  tls = (): Tls => this.#tls;

  /** Why the platform cannot be called now; undefined where it can. */
  obstacle(): string | undefined {
    const now = this.#options.time.now();
    if (this.#refusal && now < this.#refusal.until) return this.#refusal.reason;
    if (!this.#current) return this.#reason ?? 'this agent has no certificate yet';
    if (now >= this.#current.validUntil)
      return `this agent’s certificate ended at ${isoTime(this.#current.validUntil)}`;
    return undefined;
  }

  /** Call it when the platform has accepted a call. */
  accepted(): void {
    if (this.obstacle() !== undefined) return; // a call from before the refusal
    if (this.#refusal) this.#options.log.identityAccepted({ datacenter: this.#options.datacenter });
    this.#refusal = undefined;
  }

  /** Call it when the platform has answered 401. */
  refused(reason: string): void {
    const { time, log, datacenter } = this.#options;
    if (this.obstacle() !== undefined) return; // concurrent calls are refused alike; one is enough
    if (!this.#refusal)
      log.identityRefused({ datacenter, reason, ...(this.#current && { agentId: this.#current.agentId }) });
    this.#refusal = { reason, until: time.now() + afterRefusal };
    void this.#enrolIfPossible();
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

  /** Enrols, with retries, where there is a code. */
  async #enrolIfPossible(): Promise<void> {
    const { code, log, datacenter } = this.#options;
    if (this.#isStopped || this.#isEnrolling) return;
    if (code === undefined) return void log.codeNeeded({ datacenter, reason: this.obstacle() ?? '' });
    this.#isEnrolling = true;
    await this.#enrol(code).catch((error: unknown) => this.#retryEnrolment(error));
    this.#isEnrolling = false;
  }

  async #enrol(code: Secret): Promise<void> {
    const { enrolment, log, datacenter } = this.#options;
    const identity = await this.#obtain((csr) => enrolment.enrol(this.#tlsOf(undefined), { code: code.reveal(), csr }));
    log.enrolled({ datacenter, agentId: identity.agentId, until: isoTime(identity.validUntil) });
    this.#adopt(identity);
  }

  /** A refusal stands for a while; a platform that cannot be reached may answer the next moment. */
  #retryEnrolment(error: unknown): void {
    const { log, datacenter, time, random } = this.#options;
    this.#reason = explain(error);
    const isAway = error instanceof CallFailed && (error.status === undefined || error.status >= 500);
    const askedToWait = error instanceof CallFailed ? seconds(error.retryAfterSeconds ?? 0) : 0;
    if (!isAway) this.#refusal = { reason: this.#reason, until: time.now() + Math.max(afterRefusal, askedToWait) };
    if (!isAway || this.#failures === 0) log.enrolmentFailed({ datacenter, reason: this.#reason });
    this.#failures += 1;
    this.#cancelEnrolment = this.#later(
      this.#refusal?.until ?? time.now() + backoff(this.#failures, { ...soon, random }),
      () => this.#enrolIfPossible(),
    );
  }

  async #renew(): Promise<void> {
    const { enrolment, log, datacenter, time, random } = this.#options;
    if (this.#isStopped || !this.#current) return;
    if (time.now() >= this.#current.validUntil) {
      log.identityOver({ datacenter, agentId: this.#current.agentId, until: isoTime(this.#current.validUntil) });
      return this.#enrolIfPossible();
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

  /** Obtains a certificate and stores it. Its key is on disk before the request, so that a crash loses nothing. */
  async #obtain(ask: (csr: string) => Promise<AgentIdentity>): Promise<StoredIdentity> {
    const { files, datacenter } = this.#options;
    const key = files.nextKey();
    const given = await ask(makeRequest(key));
    if (given.datacenter !== datacenter)
      throw new Error(
        `the platform certified an agent of ${given.datacenter}: the code was made for another datacenter`,
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
    this.#cancelEnrolment();
    // Even where the local clock is wrong, the next renewal is not due at once.
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
