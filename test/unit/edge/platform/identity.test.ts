import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { silentEdgeLog } from '../../../../edge/kernel/log.ts';
import type { EnrolmentClient } from '../../../../edge/platform/enrolment-client.ts';
import { IdentityFiles } from '../../../../edge/platform/identity-files.ts';
import { Identity } from '../../../../edge/platform/identity.ts';
import { agentUri } from '../../../../shared/domain/edge/agent-certificate.ts';
import type { AgentIdentity } from '../../../../shared/domain/edge/agents.api.ts';
import { keyFingerprint, makeKey, readRequest } from '../../../../shared/kernel/certificate-request.ts';
import { isoTime } from '../../../../shared/kernel/clock.ts';
import { days } from '../../../../shared/kernel/durations.ts';
import type { Tls } from '../../../../shared/kernel/http-client/connections.ts';
import { CallFailed } from '../../../../shared/kernel/http-client/failure.ts';
import { AgentId, DatacenterId } from '../../../../shared/kernel/ids.ts';
import { newId } from '../../../../shared/kernel/new-id.ts';
import { Secret } from '../../../../shared/kernel/secret.ts';
import { certify, makeAuthority, type Authority } from '../../../simulators/kit/authority.ts';
import { LinkTime, settle } from './link.ts';

const nyc = DatacenterId.parse('dc-nyc-01');
const week = 7 * 86_400;
const minutes5 = 300;
let authority: Authority;
beforeAll(async () => {
  authority = await makeAuthority('CN=the authority', Date.parse('2026-01-01'));
});

type Fault = number | 'unreachable' | 'lost';
/** Issues certificates as the platform does, with faults for the next calls. */
class PretendEnrolment implements EnrolmentClient {
  readonly asked: { path: 'enrol' | 'renew'; key: string; code?: string; tls: Tls }[] = [];
  faults: Fault[] = [];
  datacenter = nyc;
  isBehindBy = 0;
  agentId = AgentId.parse(newId('agent', Date.parse('2026-01-01')));
  readonly #inFlight = new Set<Promise<unknown>>();
  enrol = (tls: Tls, { code, csr }: { code: string; csr: string }) =>
    this.#noted(this.#answer('enrol', tls, csr, code));
  renew = (tls: Tls, { csr }: { csr: string }) => this.#noted(this.#answer('renew', tls, csr));

  /** Resolves when nobody waits for an answer any more: signing takes its time, however time stands. */
  async idle(): Promise<void> {
    for (await settle(); this.#inFlight.size > 0; await settle()) await Promise.allSettled(this.#inFlight);
  }
  #noted<T>(answer: Promise<T>): Promise<T> {
    this.#inFlight.add(answer);
    void answer.catch(() => {}).finally(() => this.#inFlight.delete(answer));
    return answer;
  }

  async #answer(where: 'enrol' | 'renew', tls: Tls, csr: string, code?: string): Promise<AgentIdentity> {
    const publicKey = readRequest(csr);
    this.asked.push({ path: where, key: keyFingerprint(publicKey), tls, ...(code !== undefined && { code }) });
    const fault = this.faults.shift();
    const call = { system: 'platform', method: 'POST', path: `/api/v1/edge/${where}` };
    if (typeof fault === 'number')
      throw new CallFailed({ ...call, failure: 'auth', status: fault, detail: `it answered ${fault}` });
    if (fault === 'unreachable')
      throw new CallFailed({ ...call, failure: 'transient', detail: 'the connection failed' });
    const from = time.now() - this.isBehindBy;
    const until = from + days(7);
    const { certificate } = await certify(authority, publicKey, {
      names: [{ type: 'url', value: agentUri({ datacenter: this.datacenter, agentId: this.agentId }) }],
      usages: ['client'],
      notBefore: new Date(from),
      notAfter: new Date(until),
    });
    if (fault === 'lost') throw new CallFailed({ ...call, failure: 'unknownOutcome', detail: 'no answer in time' });
    return {
      agentId: this.agentId,
      datacenter: this.datacenter,
      certificate,
      chain: authority.certificate,
      expiresAt: isoTime(until),
    };
  }
}

let folder: string;
let time: LinkTime;
let enrolment: PretendEnrolment;
let becameUsable: number;
const open: Identity[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-identity-'));
  enrolment = new PretendEnrolment();
  time = new LinkTime(() => enrolment.idle());
  becameUsable = 0;
});
afterEach(() => {
  open.splice(0).forEach((each) => each.stop());
  rmSync(folder, { recursive: true });
});
async function started(code: string | undefined = 'a-code'): Promise<Identity> {
  const identity = new Identity({
    files: new IdentityFiles(folder),
    enrolment,
    datacenter: nyc,
    code: code === undefined ? undefined : new Secret(code),
    authorities: ['authority'],
    time,
    log: silentEdgeLog,
    random: () => 1,
  });
  open.push(identity);
  identity.start(() => (becameUsable += 1));
  await enrolment.idle();
  return identity;
}
const pass = async (seconds: number) => {
  await time.pass(seconds);
  await enrolment.idle();
};
const keyOf = ({ cert = '' }: Tls) => keyFingerprint(createPublicKey(cert));

describe('an agent that comes for the first time', () => {
  it('is let in with its code, and has key and certificate on disk for itself alone', async () => {
    const identity = await started();
    expect(identity.status()).toMatchObject({
      state: 'valid',
      agentId: enrolment.agentId,
      reason: null,
      expiresAt: isoTime(time.now() + days(7)),
    });
    expect(enrolment.asked).toMatchObject([{ path: 'enrol', code: 'a-code', tls: { ca: ['authority'] } }]);
    expect(enrolment.asked[0]?.tls.cert).toBeUndefined();
    expect(identity.tls()).toMatchObject({ ca: ['authority'], key: expect.stringContaining('PRIVATE KEY') });
    expect(keyOf(identity.tls())).toBe(enrolment.asked[0]?.key);
    expect(readdirSync(folder)).toEqual(['identity.pem']);
    expect(statSync(path.join(folder, 'identity.pem')).mode & 0o777).toBe(0o600);
    expect(becameUsable).toBe(1);
  });

  it('says that it needs a code where it has none', async () => {
    const identity = new Identity({
      files: new IdentityFiles(folder),
      enrolment,
      datacenter: nyc,
      code: undefined,
      authorities: undefined,
      time,
      log: silentEdgeLog,
    });
    open.push(identity);
    identity.start(() => {});
    expect(identity.status()).toMatchObject({
      state: 'none',
      agentId: null,
      reason: 'this agent has no certificate yet',
    });
    await pass(week);
    expect(enrolment.asked).toEqual([]);
  });

  it('tries again soon while the platform is away, with the same key', async () => {
    enrolment.faults = ['unreachable', 503, 'lost'];
    const identity = await started();
    expect(identity.status()).toMatchObject({
      state: 'none',
      reason: expect.stringContaining('the connection failed'),
    });
    await pass(10);
    expect(identity.status().state).toBe('valid');
    expect(enrolment.asked).toHaveLength(4);
    expect(new Set(enrolment.asked.map(({ key }) => key)).size).toBe(1);
  });

  it('asks for the same key again after a restart in the middle', async () => {
    enrolment.faults = ['lost'];
    (await started()).stop();
    await started();
    expect(new Set(enrolment.asked.map(({ key }) => key)).size).toBe(1);
  });

  it('says that its code was refused, and tries it again slowly', async () => {
    enrolment.faults = [403, 403];
    const identity = await started();
    expect(identity.status()).toMatchObject({ state: 'refused', reason: expect.stringContaining('403') });
    await pass(minutes5 - 1);
    expect(enrolment.asked).toHaveLength(1);
    await pass(2);
    expect(enrolment.asked).toHaveLength(2);
    await pass(minutes5);
    expect(identity.status().state).toBe('valid');
  });

  it('does not become the agent of another datacenter', async () => {
    enrolment.datacenter = DatacenterId.parse('dc-fra-01');
    const identity = await started();
    expect(identity.status()).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining('an agent of dc-fra-01'),
    });
    expect(readdirSync(folder)).not.toContain('identity.pem');
  });
});

describe('an agent with a certificate', () => {
  it('is who it was after a restart, and uses no code', async () => {
    const before = (await started()).tls();
    const identity = await started();
    expect(identity.tls()).toEqual(before);
    expect(enrolment.asked).toHaveLength(1);
  });

  it('renews it when two thirds are over, under the old one, with a fresh key', async () => {
    const identity = await started();
    const before = identity.tls();
    await pass((week * 2) / 3 - 10);
    expect(identity.tls()).toBe(before);
    await pass(20);
    expect(enrolment.asked[1]).toMatchObject({ path: 'renew', tls: { cert: before.cert } });
    expect(identity.tls()).not.toBe(before);
    expect(keyOf(identity.tls())).not.toBe(keyOf(before));
    expect(keyOf(identity.tls())).toBe(enrolment.asked[1]?.key);
    expect(readdirSync(folder)).toEqual(['identity.pem']);
    await pass((week * 2) / 3);
    expect(enrolment.asked).toHaveLength(3);
  });

  it('renews at once when that became due while it was away', async () => {
    (await started()).stop();
    await pass(week - 3600);
    await started();
    await pass(1);
    expect(enrolment.asked.map((each) => each.path)).toEqual(['enrol', 'renew']);
  });

  it('does not ask without a pause where its clock is days ahead of the platform’s', async () => {
    const identity = await started();
    await pass((week * 2) / 3 - 1);
    enrolment.isBehindBy = days(6);
    await pass(3600);
    expect(enrolment.asked).toHaveLength(2);
    expect(identity.status().state).toBe('valid');
  });

  it('stays who it is while renewing fails, and goes on trying', async () => {
    const identity = await started();
    const before = identity.tls();
    enrolment.faults = ['unreachable', 500, 'lost'];
    await pass((week * 2) / 3 + 1);
    expect(identity.status()).toMatchObject({
      state: 'valid',
      reason: expect.stringContaining('the connection failed'),
    });
    expect(identity.tls()).toBe(before);
    await pass(3600);
    expect(enrolment.asked).toHaveLength(5);
    expect(new Set(enrolment.asked.slice(1).map(({ key }) => key)).size).toBe(1);
    expect(identity.status()).toMatchObject({ state: 'valid', reason: null });
  });

  it('says that it has expired when it was not renewed in time, and enrols with a code if there is one', async () => {
    const identity = await started();
    enrolment.faults = Array.from({ length: 200 }, () => 'unreachable' as const);
    await pass(week + 1);
    expect(identity.status().state).toBe('over');
    expect(identity.obstacle()).toMatch(/ended at/);
    enrolment.faults = [];
    await pass(120);
    expect(identity.status().state).toBe('valid');
    expect(enrolment.asked.at(-1)).toMatchObject({ path: 'enrol', code: 'a-code' });
    expect(becameUsable).toBe(2);
  });
});

describe('an agent that the platform does not take any more', () => {
  it('says so, and comes in again with a code that is good, as another, with another key', async () => {
    const identity = await started();
    const before = keyOf(identity.tls());
    enrolment.agentId = AgentId.parse(newId('agent', Date.parse('2026-01-02')));
    identity.refused('it was shut out');
    await enrolment.idle();
    expect(enrolment.asked.map((each) => each.path)).toEqual(['enrol', 'enrol']);
    expect(identity.status()).toMatchObject({ state: 'valid', agentId: enrolment.agentId });
    expect(keyOf(identity.tls())).not.toBe(before);
  });

  it('asks now and then, with one word for many calls, where its code is used up', async () => {
    const identity = await started();
    enrolment.faults = [403, 403, 403];
    for (let calls = 0; calls < 10; calls++) identity.refused('it was shut out');
    await enrolment.idle();
    expect(enrolment.asked).toHaveLength(2);
    expect(identity.obstacle()).toContain('403');
    expect(identity.status().state).toBe('refused');
    await pass(minutes5 + 1);
    expect(enrolment.asked).toHaveLength(3);
  });

  it('stays shut out when a call is answered that was under way before', async () => {
    const identity = await started();
    enrolment.faults = [403];
    identity.refused('it was shut out');
    identity.accepted();
    await enrolment.idle();
    identity.accepted();
    expect(identity.status().state).toBe('refused');
    expect(enrolment.asked).toHaveLength(2);
  });

  it('lets one call through after a while to see whether it is still so, and works on when it is not', async () => {
    const files = new IdentityFiles(folder);
    (await started()).stop();
    const identity = new Identity({
      files,
      enrolment,
      datacenter: nyc,
      code: undefined,
      authorities: undefined,
      time,
      log: silentEdgeLog,
    });
    open.push(identity);
    identity.start(() => {});
    identity.refused('it was shut out');
    expect(identity.obstacle()).toBe('it was shut out');
    await pass(minutes5 + 1);
    expect(identity.obstacle()).toBeUndefined();
    expect(identity.status().state).toBe('refused');
    identity.accepted();
    expect(identity.status()).toMatchObject({ state: 'valid', reason: null });
    await pass((week * 2) / 3);
    expect(enrolment.asked.map((each) => each.path)).toEqual(['enrol', 'renew']); // its renewal was not forgotten
  });
});

describe('what is stored of an identity', () => {
  it.each([
    ['half a file', (text: string) => text.slice(0, 300)],
    ['a certificate for another key', (text: string) => makeKey() + text.slice(text.indexOf('-----BEGIN CERT'))],
    [
      'a certificate that names nobody',
      (text: string) => text.slice(0, text.indexOf('-----BEGIN CERT')) + authority.certificate,
    ],
    ['nothing', () => ''],
  ])('that is %s is none: the code is used', async (_what, spoil) => {
    (await started()).stop();
    const file = path.join(folder, 'identity.pem');
    writeFileSync(file, spoil(readFileSync(file, 'utf8')));
    const identity = await started();
    expect(identity.status().state).toBe('valid');
    expect(enrolment.asked).toHaveLength(2);
  });

  it('that is another datacenter’s is not this one’s', async () => {
    (await started()).stop();
    const identity = new Identity({
      files: new IdentityFiles(folder),
      enrolment,
      datacenter: 'dc-fra-01',
      code: undefined,
      authorities: undefined,
      time,
      log: silentEdgeLog,
    });
    expect(identity.status().state).toBe('none');
  });

  it('is asked for with another key where the one that was waiting is damaged', async () => {
    writeFileSync(path.join(folder, 'identity.next-key.pem'), '-----BEGIN PRIVATE KEY-----\nMIG');
    expect((await started()).status().state).toBe('valid');
  });
});
