import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createRedfish } from '../../../../../shared/adapters/redfish/client.ts';
import { openSessionsInMemory, type OpenSessions } from '../../../../../shared/adapters/redfish/open-sessions.ts';
import type { BmcTarget } from '../../../../../shared/ports/bmc.ts';
import { aServer, aStand, type Stand } from '../../../../simulators/bmc/stand.ts';

let stand: Stand;
afterEach(() => stand.close());

const server = aServer('hpe-ilo6', { serial: 'SESSION1' });
const openSessions = () => stand.fleet.record(server.serial)?.sessions.length;
const logins = () => stand.requests.filter((each) => each.method === 'POST' && each.path.endsWith('/Sessions')).length;

describe('a session with a BMC', () => {
  let bmc: BmcTarget;
  beforeEach(async () => {
    stand = await aStand();
    bmc = await stand.plugIn(server);
  });

  it('is ended after the call', async () => {
    await stand.redfish.readPower(bmc);
    expect(openSessions()).toBe(0);
  });

  it('is ended after a call that failed', async () => {
    stand.lab.faults.set({ system: 'bmc', method: 'GET', path: 'Systems$', fault: { kind: 'garbled-answer' } });
    await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({ failure: 'unexpectedAnswer' });
    expect(openSessions()).toBe(0);
  });

  it('is shared by calls that overlap', async () => {
    await Promise.all([stand.redfish.readFacts(bmc), stand.redfish.readHealth(bmc), stand.redfish.listAccounts(bmc)]);
    expect(logins()).toBe(1);
    expect(openSessions()).toBe(0);
  });

  it('is not opened again and again when the password is wrong, and never by Basic authentication', async () => {
    await stand.safe.write(bmc.secretRef, { username: 'Administrator', password: 'wrong' });
    await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({ failure: 'auth' });
    expect(logins()).toBe(1);
    expect(stand.requests.filter((each) => 'authorization' in each.headers)).toEqual([]);
  });

  it('fails with the reason when the safe holds no password', async () => {
    await stand.safe.destroy(bmc.secretRef);
    await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({
      code: 'redfish.no-credentials',
      publicMessage: expect.stringContaining(bmc.secretRef),
    });
  });

  it('fails as throttled when the BMC has no session left', async () => {
    stand.fleet.setFault(server.serial, { kind: 'session-table-full' });
    await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({ failure: 'throttled' });
  });

  it('tells a right password from a wrong one and leaves nothing behind', async () => {
    expect(await stand.redfish.canLogIn(bmc)).toBe(true);
    expect(await stand.redfish.canLogIn(await stand.as(bmc, { ...server.factoryAccount, password: 'wrong' }))).toBe(
      false,
    );
    expect(openSessions()).toBe(0);
  });

  it('sends nothing more once the call is called off', async () => {
    const off = new AbortController();
    stand.onRequest = ({ path }) => {
      if (path.endsWith('/Systems')) off.abort(new Error('its time is up'));
    };
    await expect(stand.redfish.readFacts(bmc, {}, { signal: off.signal })).rejects.toMatchObject({
      failure: 'transient',
    });
    const sent = stand.requests.length;
    // the session is still ended
    expect(stand.requests.slice(-2).map(({ method }) => method)).toEqual(['GET', 'DELETE']);
    await stand.time.pass(60);
    expect(stand.requests).toHaveLength(sent);
  });

  it('does not take an unreachable BMC for a wrong password', async () => {
    await stand.fleet.unplug(server.serial);
    await expect(stand.redfish.canLogIn(bmc)).rejects.toMatchObject({ failure: 'transient' });
  });
});

describe('a session that lingers', () => {
  let bmc: BmcTarget;
  beforeEach(async () => {
    stand = await aStand({ redfish: { lingerMilliseconds: 5_000 } });
    bmc = await stand.plugIn(server);
  });

  it('is not waited for by a call that is cancelled while it is opened; it serves the next one', async () => {
    const off = new AbortController();
    stand.lab.faults.set({
      system: 'bmc',
      method: 'POST',
      path: 'Sessions$',
      fault: { kind: 'slow', milliseconds: 300 },
    });
    const early = expect(stand.redfish.readPower(bmc, {}, { signal: off.signal })).rejects.toMatchObject({
      failure: 'transient',
      message: expect.stringContaining('cancelled'),
    });
    off.abort(new Error('its time is up'));
    await early;
    expect(logins()).toBe(0);
    await stand.redfish.readPower(bmc);
    expect([logins(), openSessions()]).toEqual([1, 1]);
    await stand.time.pass(5);
    expect(openSessions()).toBe(0);
  });

  it('serves the next call, and is ended when none comes', async () => {
    await stand.redfish.readPower(bmc);
    await stand.time.pass(4);
    await stand.redfish.readPower(bmc);
    expect([logins(), openSessions()]).toEqual([1, 1]);
    await stand.time.pass(5);
    expect(openSessions()).toBe(0);
  });

  it('is renewed once, by all calls together, when the BMC has forgotten it', async () => {
    await stand.redfish.readPower(bmc);
    stand.fleet.record(server.serial)!.sessions = [];
    const [facts] = await Promise.all([stand.redfish.readFacts(bmc), stand.redfish.readHealth(bmc)]);
    expect(facts.identity.serial).toBe(server.serial);
    expect(logins()).toBe(2);
  });

  it('is renewed once also when one of the calls hears of it late, in or after the renewal', async () => {
    await stand.redfish.readPower(bmc);
    stand.fleet.record(server.serial)!.sessions = [];
    for (const milliseconds of [30, 150])
      stand.lab.faults.set({ system: 'bmc', method: 'GET', path: 'Systems/1$', fault: { kind: 'slow', milliseconds } });
    stand.lab.faults.set({
      system: 'bmc',
      method: 'POST',
      path: 'Sessions$',
      fault: { kind: 'slow', milliseconds: 60 },
    });
    const read = await Promise.all([
      stand.redfish.readPower(bmc),
      stand.redfish.readPower(bmc),
      stand.redfish.readPower(bmc),
    ]);
    expect(read).toEqual(['off', 'off', 'off']);
    expect(logins()).toBe(2);
  });

  it('is renewed also when more calls wait for that than may be under way at once', async () => {
    const many = aServer('ami-megarac', { serial: 'MANYCALLS' });
    const target = await stand.plugIn(many);
    stand.onRequest = ({ path }) => {
      if (!path.endsWith('/Memory')) return;
      stand.fleet.record(many.serial)!.sessions = [];
      stand.onRequest = undefined;
    };
    expect((await stand.redfish.readFacts(target)).memory?.modules).toHaveLength(8);
  });

  it('is renewed with the password that is in the safe by then', async () => {
    await stand.redfish.readPower(bmc);
    const fresh = await stand.as(bmc, { username: 'Administrator', password: 'fresh-Password-1' });
    await stand.redfish.ensureAccount(bmc, { secretRef: fresh.secretRef, role: 'administrator' });
    await stand.safe.write(bmc.secretRef, { username: 'Administrator', password: 'fresh-Password-1' });
    expect(await stand.redfish.readPower(bmc)).toBe('off');
  });

  it('is ended before another account opens one', async () => {
    const other = await stand.as(bmc, { username: 'rackline', password: 'fresh-Password-1' });
    await stand.redfish.ensureAccount(bmc, { secretRef: other.secretRef, role: 'operator' });
    await stand.redfish.readPower(other);
    expect(stand.fleet.record(server.serial)?.sessions.map(({ username }) => username)).toEqual(['rackline']);
  });

  it('is ended at once where nobody will come back, after what is under way there', async () => {
    await stand.redfish.readPower(bmc);
    await stand.redfish.leave(bmc);
    expect(openSessions()).toBe(0);
    stand.onRequest = () => void stand.redfish.leave(bmc);
    await stand.redfish.readFacts(bmc);
    expect([logins(), openSessions()]).toEqual([2, 0]);
  });

  it('lingers again where somebody came back after all', async () => {
    stand.onRequest = () => void stand.redfish.leave(bmc);
    await stand.redfish.readFacts(bmc);
    stand.onRequest = undefined;
    await stand.redfish.readPower(bmc);
    expect([logins(), openSessions()]).toEqual([2, 1]);
  });

  it('is ended by closing the adapter', async () => {
    await stand.redfish.readPower(bmc);
    await stand.redfish.close();
    expect(openSessions()).toBe(0);
  });
});

describe('a session that was left over', () => {
  let bmc: BmcTarget;
  const open = () => stand.fleet.record(server.serial)!.sessions;
  /** Another process of ours, which remembers what is on the same disk. */
  const another = (openSessions: OpenSessions) =>
    createRedfish({
      secrets: stand.safe,
      time: stand.time,
      http: { retries: 0 },
      lingerMilliseconds: 60_000,
      openSessions,
    });
  beforeEach(async () => {
    stand = await aStand({ redfish: { lingerMilliseconds: 60_000 } });
    bmc = await stand.plugIn(server);
  });

  it('by a process that was killed is ended by the next login, with the new token', async () => {
    const disk = openSessionsInMemory();
    await another(disk).readPower(bmc); // and is killed
    const [left] = open();
    const next = another(disk);
    await next.readPower(bmc);
    expect(open()).toHaveLength(1);
    expect(open()).not.toContain(left);
    const ended = stand.requests.filter((each) => each.method === 'DELETE');
    expect(ended.map(({ path, headers }) => [path.split('/').at(-1), headers['x-auth-token']])).toEqual([
      [left?.id, open()[0]?.token],
    ]);
    await next.close();
    expect([open(), await disk.stale(bmc.address)]).toEqual([[], []]);
  });

  it('is known only to who remembers it: others are left alone', async () => {
    await another(openSessionsInMemory()).readPower(bmc);
    await stand.redfish.readPower(bmc);
    expect(open()).toHaveLength(2);
  });

  it('because its end did not arrive is ended by the next login', async () => {
    await stand.redfish.readPower(bmc);
    stand.lab.faults.set({ system: 'bmc', method: 'DELETE', path: 'Sessions', fault: { kind: 'refused-connection' } });
    await stand.time.pass(60);
    expect(open()).toHaveLength(1);
    await stand.redfish.readPower(bmc);
    expect(open()).toHaveLength(1);
  });

  it('when its token was refused is ended by the renewed one', async () => {
    await stand.redfish.readPower(bmc);
    open()[0]!.token = 'another';
    await stand.redfish.readPower(bmc);
    expect(open()).toHaveLength(1);
  });

  it('fills the table with others: then it is ended with Basic authentication, its only use', async () => {
    const small = aServer('dell-idrac9', { serial: 'SMALLTABLE', quirks: { sessionLimit: 2 } });
    const target = await stand.plugIn(small);
    const disk = openSessionsInMemory();
    await another(disk).readPower(target);
    stand.fleet.record(small.serial)!.sessions.push({
      id: 'other',
      token: 'other',
      username: 'other',
      createdAt: stand.time.now(),
      usedAt: stand.time.now(),
    });
    const next = another(disk);
    expect(await next.readPower(target)).toBe('off');
    expect(stand.requests.filter((each) => 'authorization' in each.headers).map(({ method }) => method)).toEqual([
      'DELETE',
    ]);
    expect(stand.fleet.record(small.serial)!.sessions.map(({ id }) => id)).toContain('other');
    await next.close();
  });

  it('is no reason to use Basic authentication when the BMC cannot be reached', async () => {
    const disk = openSessionsInMemory();
    await another(disk).readPower(bmc);
    stand.lab.faults.set({ system: 'bmc', method: 'POST', path: 'Sessions', fault: { kind: 'refused-connection' } });
    await expect(another(disk).readPower(bmc)).rejects.toMatchObject({ failure: 'unknownOutcome' });
    expect(stand.requests.filter((each) => 'authorization' in each.headers)).toEqual([]);
  });

  it('cannot be when it could not be noted: then it is ended at once', async () => {
    const disk = { ...openSessionsInMemory(), opened: () => Promise.reject(new Error('the disk is full')) };
    await expect(another(disk).readPower(bmc)).rejects.toThrow('the disk is full');
    expect(open()).toEqual([]);
  });
});

describe('closing the adapter', () => {
  let bmc: BmcTarget;
  beforeEach(async () => {
    stand = await aStand({ redfish: { lingerMilliseconds: 60_000 } });
    bmc = await stand.plugIn(server);
  });

  it('ends the session of a call that is under way, which opens no other', async () => {
    let closing: Promise<void> | undefined;
    stand.onRequest = ({ path }) => {
      if (path.endsWith('/Systems/1')) closing ??= stand.redfish.close();
    };
    await expect(stand.redfish.readFacts(bmc)).rejects.toMatchObject({ code: 'redfish.closing' });
    await closing;
    expect(openSessions()).toBe(0);
    expect(logins()).toBe(1);
  });

  it('waits for a login that is under way, and ends it', async () => {
    let closing: Promise<void> | undefined;
    stand.onRequest = ({ method }) => {
      if (method === 'POST') closing ??= stand.redfish.close();
    };
    await expect(stand.redfish.readPower(bmc)).rejects.toThrow();
    await closing;
    expect(openSessions()).toBe(0);
  });

  it('leaves nothing to ask with', async () => {
    await stand.redfish.close();
    await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({ code: 'redfish.closing', kind: 'unavailable' });
    expect(logins()).toBe(0);
  });
});

describe('a password that was refused', () => {
  let bmc: BmcTarget;
  beforeEach(async () => {
    stand = await aStand();
    bmc = await stand.plugIn(server);
    await stand.safe.write(bmc.secretRef, { username: 'Administrator', password: 'wrong' });
    await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({ failure: 'auth' });
  });

  it('is not tried again for half an hour, and the error says so', async () => {
    await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({
      code: 'redfish.login-refused',
      kind: 'conflict',
      retryAfterSeconds: 1800,
      publicMessage: expect.stringContaining('not tried again for 30 min'),
    });
    await stand.time.pass(1799);
    await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({
      code: 'redfish.login-refused',
      retryAfterSeconds: 1,
    });
    expect(logins()).toBe(1);
    await stand.time.pass(1);
    await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({ failure: 'auth' });
    expect(logins()).toBe(2);
  });

  it('does not stand in the way of another one: the safe is asked each time', async () => {
    await stand.safe.write(bmc.secretRef, server.factoryAccount);
    expect(await stand.redfish.readPower(bmc)).toBe('off');
  });

  it('does not become right because another account may log in', async () => {
    expect(await stand.redfish.readPower(await stand.as(bmc, server.factoryAccount))).toBe('off');
    await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({ code: 'redfish.login-refused' });
  });

  it('is tried by who asks whether it is right; if it is by now, everybody may use it', async () => {
    expect(await stand.redfish.canLogIn(bmc)).toBe(false);
    const account = stand.fleet.record(server.serial)!.accounts.find(({ username }) => username === 'Administrator')!;
    account.password = 'wrong';
    await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({ code: 'redfish.login-refused' });
    expect(await stand.redfish.canLogIn(bmc)).toBe(true);
    expect(await stand.redfish.readPower(bmc)).toBe('off');
  });

  it('appears nowhere in what is said about it', async () => {
    const error: unknown = await stand.redfish.readPower(bmc).catch((each: unknown) => each);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/wrong/);
  });
});
