import { describe, expect, it } from '@jest/globals';
import type { Submitted } from '../../shared/ports/outcome.ts';
import type { VendorTool } from '../../shared/ports/vendor-tool.ts';
import { Lab } from '../simulators/kit/lab.ts';
import type { VisitBmc } from '../simulators/vendors/visit-bmc.ts';
import type { AdapterLab } from './adapter-lab.ts';

const serial = 'CZ26000001';
const server = { serial, bmcAddress: 'http://127.101.0.7:8443', username: 'rackline', password: 'right-password' };
const profile = { template: 'rackline-standard' };

/** One BMC in the world, at one address, with one password. */
export const oneBmc: VisitBmc = async (host, _username, password) => {
  if (host !== '127.101.0.7:8443') throw new Error(`Unable to communicate with the management processor at ${host}.`);
  if (password !== server.password)
    throw new Error(`The user name or password for the management processor at ${host} is not correct.`);
  return { serial, model: 'Lab', uuid: '30303437-3034-4D32-3230-313133364752' };
};

export interface ToolUnderTest {
  simulator: string;
  /** Paths by which the tool is spoilt. */
  paths: { register: string; apply: string };
  failNext(reason: string): void;
  endSessions(): void;
}

/** What a fleet manager has to do behind the VendorTool port. */
export function vendorToolSuite(deps: AdapterLab, tool: ToolUnderTest, open: () => VendorTool): void {
  /** Asks again with the ticket until it is decided, as a saga does. */
  const decided = async (ask: (ticket?: string) => Promise<Submitted>): Promise<Submitted> => {
    let answer = await ask();
    for (let round = 0; answer.outcome === 'pending' && round < 40; round++) {
      await deps.time.pass(answer.pollAfterSeconds * 4);
      answer = await ask(answer.ticket);
    }
    return answer;
  };
  const register = (over: Partial<typeof server> = {}) =>
    decided((ticket) => open().register({ ...server, ...over, ...(ticket !== undefined && { ticket }) }));
  const apply = (over: Partial<typeof profile> = {}) =>
    decided((ticket) => open().applyProfile(serial, { ...profile, ...over, ...(ticket !== undefined && { ticket }) }));
  const unregister = () => decided(() => open().unregister(serial, server.bmcAddress));
  const untouched = () => new Lab({ simulators: deps.simulators, time: deps.time }).holdings();
  const lose = (path: string) =>
    deps.lab.faults.set({ system: tool.simulator, method: 'POST', path, fault: { kind: 'lost-answer' } });

  describe('registering a server', () => {
    it('takes hardware time, then the server is known by its serial', async () => {
      await expect(open().register(server)).resolves.toMatchObject({ outcome: 'pending' });
      await expect(open().isRegistered(serial)).resolves.toBe(false);
      await expect(register()).resolves.toEqual({ outcome: 'done' });
      await expect(open().isRegistered(serial)).resolves.toBe(true);
    });

    it('twice is the same as once', async () => {
      await register();
      await expect(open().register(server)).resolves.toEqual({ outcome: 'done' });
      expect(deps.lab.effects.repeated()).toEqual([]);
    });

    it('ends well though the first answer was lost', async () => {
      lose(tool.paths.register);
      await open()
        .register(server)
        .catch(() => undefined);
      await expect(register()).resolves.toEqual({ outcome: 'done' });
      expect(deps.lab.holdings()).toMatchObject({ [tool.simulator]: { registrations: [serial] } });
      expect(deps.lab.effects.repeated()).toEqual([]);
    });

    it('is refused when the BMC does not accept the password, and says so without showing it', async () => {
      const answer = await register({ password: 'wrong-password' });
      expect(answer).toMatchObject({ outcome: 'refused' });
      expect(JSON.stringify(answer)).not.toContain('wrong-password');
      await expect(register()).resolves.toEqual({ outcome: 'done' });
    });

    it('goes away again, and removing what is not there is success', async () => {
      await register();
      await expect(unregister()).resolves.toEqual({ outcome: 'done' });
      await expect(unregister()).resolves.toEqual({ outcome: 'done' });
      await expect(open().isRegistered(serial)).resolves.toBe(false);
      expect(deps.lab.holdings()).toEqual(untouched());
    });

    it('leaves nothing behind when it is given up while the tool is still at it', async () => {
      await open().register(server);
      await expect(open().unregister(serial, server.bmcAddress)).resolves.toMatchObject({ outcome: 'pending' });
      await expect(unregister()).resolves.toEqual({ outcome: 'done' });
      await deps.time.pass(3600);
      expect(deps.lab.holdings()).toEqual(untouched());
    });
  });

  describe('applying a profile', () => {
    it('takes hardware time, then it is in force and can be read back', async () => {
      await register();
      await expect(open().readProfile(serial)).resolves.toBeUndefined();
      await expect(apply()).resolves.toEqual({ outcome: 'done' });
      await expect(open().readProfile(serial)).resolves.toEqual({ template: profile.template, isCompliant: true });
      await expect(open().applyProfile(serial, profile)).resolves.toEqual({ outcome: 'done' });
      expect(deps.lab.effects.repeated()).toEqual([]);
    });

    it('ends with one profile though the first answer was lost', async () => {
      await register();
      lose(tool.paths.apply);
      await open()
        .applyProfile(serial, profile)
        .catch(() => undefined);
      await expect(apply()).resolves.toEqual({ outcome: 'done' });
      expect(deps.lab.effects.repeated()).toEqual([]);
    });

    it('is refused with the reason when the tool fails at it, and may be tried again', async () => {
      await register();
      tool.failNext('the server is powered on');
      await expect(apply()).resolves.toMatchObject({ outcome: 'refused' });
      await expect(apply()).resolves.toEqual({ outcome: 'done' });
    });

    it('is refused over a profile of another template, and for a server or a template nobody knows', async () => {
      await expect(apply()).resolves.toMatchObject({ outcome: 'refused', reason: expect.stringContaining(serial) });
      await register();
      await apply();
      await expect(apply({ template: 'rackline-dense' })).resolves.toMatchObject({ outcome: 'refused' });
      await expect(apply({ template: 'no-such' })).resolves.toMatchObject({
        outcome: 'refused',
        reason: expect.stringContaining('no-such'),
      });
    });

    it('is given up while it is being applied', async () => {
      await register();
      await open().applyProfile(serial, profile);
      await open().removeProfile(serial);
      await deps.time.pass(3600);
      await open().removeProfile(serial);
      await expect(open().readProfile(serial)).resolves.toBeUndefined();
      expect(deps.lab.holdings()).toMatchObject({ [tool.simulator]: { profiles: [] } });
    });

    it('is taken away again, and then another may come', async () => {
      await register();
      await apply();
      await open().removeProfile(serial);
      await expect(apply({ template: 'rackline-dense' })).resolves.toEqual({ outcome: 'done' });
      expect(deps.lab.effects.repeated()).toEqual([]);
    });
  });

  describe('the way in', () => {
    it('logs in once, and again when the session has ended', async () => {
      const one = open();
      await one.isRegistered(serial);
      await one.isRegistered(serial);
      tool.endSessions();
      await expect(one.isRegistered(serial)).resolves.toBe(false);
      expect(deps.count('POST', /(login-sessions|Sessions)$/)).toBe(2);
    });

    it('waits out an appliance that restarts its service', async () => {
      deps.lab.faults.set({ system: tool.simulator, method: 'GET', times: 2, fault: { kind: 'status', status: 503 } });
      await expect(open().isRegistered(serial)).resolves.toBe(false);
    });
  });
}
