import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
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
    await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({ code: 'redfish.no-credentials', publicMessage: expect.stringContaining(bmc.secretRef) });
  });

  it('fails as throttled when the BMC has no session left', async () => {
    stand.fleet.setFault(server.serial, { kind: 'session-table-full' });
    await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({ failure: 'throttled' });
  });

  it('tells a right password from a wrong one and leaves nothing behind', async () => {
    expect(await stand.redfish.canLogIn(bmc)).toBe(true);
    expect(await stand.redfish.canLogIn(await stand.as(bmc, { ...server.factoryAccount, password: 'wrong' }))).toBe(false);
    expect(openSessions()).toBe(0);
  });

  it('sends nothing more once the call is called off', async () => {
    const off = new AbortController();
    stand.onRequest = ({ path }) => { if (path.endsWith('/Systems')) off.abort(new Error('its time is up')); };
    await expect(stand.redfish.readFacts(bmc, {}, { signal: off.signal })).rejects.toMatchObject({ failure: 'transient' });
    const sent = stand.requests.length;
    expect(stand.requests.slice(-2).map(({ method }) => method)).toEqual(['GET', 'DELETE']); // the session is still ended
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
    for (const milliseconds of [30, 150]) stand.lab.faults.set({ system: 'bmc', method: 'GET', path: 'Systems/1$', fault: { kind: 'slow', milliseconds } });
    stand.lab.faults.set({ system: 'bmc', method: 'POST', path: 'Sessions$', fault: { kind: 'slow', milliseconds: 60 } });
    const read = await Promise.all([stand.redfish.readPower(bmc), stand.redfish.readPower(bmc), stand.redfish.readPower(bmc)]);
    expect(read).toEqual(['off', 'off', 'off']);
    expect(logins()).toBe(2);
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

  it('is ended by closing the adapter', async () => {
    await stand.redfish.readPower(bmc);
    await stand.redfish.close();
    expect(openSessions()).toBe(0);
  });
});
