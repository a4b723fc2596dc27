import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BmcTarget } from '../../../../../shared/ports/bmc.ts';
import type { ProfileName } from '../../../../simulators/bmc/hardware.ts';
import { aServer, aStand, type Stand } from '../../../../simulators/bmc/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await aStand();
});
afterAll(() => stand.close());

const username = 'rackline';
const administrator = 'administrator';
const passwords = { first: 'first-Password-1', second: 'second-Password-2' };
const withPassword = (bmc: BmcTarget, password: string) => stand.as(bmc, { username, password });
const plugIn = async (profile: ProfileName, serial: string): Promise<BmcTarget> =>
  stand.plugIn(aServer(profile, { serial }));
const names = async (bmc: BmcTarget) => (await stand.redfish.listAccounts(bmc)).map(({ username }) => username);

describe.each(['dell-idrac9', 'dell-idrac10', 'hpe-ilo6', 'supermicro', 'lenovo-xcc', 'openbmc'] as const)(
  'accounts on %s',
  (profile) => {
    let bmc: BmcTarget;
    beforeAll(async () => {
      bmc = await plugIn(profile, `ACC-${profile}`);
    });

    it('creates an account that opens the door, and none a second time', async () => {
      const rackline = await withPassword(bmc, passwords.first);
      await stand.redfish.ensureAccount(bmc, { secretRef: rackline.secretRef, role: administrator });
      await stand.redfish.ensureAccount(bmc, { secretRef: rackline.secretRef, role: administrator });
      expect(await stand.redfish.canLogIn(rackline)).toBe(true);
      expect((await names(bmc)).filter((each) => each === 'rackline')).toHaveLength(1);
      expect(stand.lab.effects.repeated()).toEqual([]);
    });

    it('changes password and role of an account that is there', async () => {
      const changed = await withPassword(bmc, passwords.second);
      await stand.redfish.ensureAccount(bmc, { secretRef: changed.secretRef, role: 'operator' });
      expect(await stand.redfish.canLogIn(await withPassword(bmc, passwords.first))).toBe(false);
      expect(await stand.redfish.canLogIn(changed)).toBe(true);
      expect(await stand.redfish.listAccounts(bmc)).toContainEqual({
        username: 'rackline',
        role: 'operator',
        isEnabled: true,
      });
    });

    it('removes it, so that its password opens nothing any more, and removing it again is success', async () => {
      await stand.redfish.removeAccount(bmc, { username });
      await stand.redfish.removeAccount(bmc, { username });
      expect(await names(bmc)).not.toContain(username);
      expect(await stand.redfish.canLogIn(await withPassword(bmc, passwords.second))).toBe(false);
    });

    it('replaces the factory account by one of ours', async () => {
      const ours = await withPassword(bmc, passwords.first);
      await stand.redfish.ensureAccount(bmc, { secretRef: ours.secretRef, role: administrator });
      await stand.redfish.removeAccount(ours, { username: aServer(profile).factoryAccount.username });
      expect(await stand.redfish.canLogIn(bmc)).toBe(false);
      expect(await names(ours)).toEqual([username]);
    });
  },
);

describe('accounts in trouble', () => {
  it('finds the account whose creation was never answered, instead of failing on its name', async () => {
    const bmc = await plugIn('hpe-ilo6', 'ACC-LOST');
    stand.lab.faults.set({
      system: 'bmc',
      method: 'POST',
      path: 'ACC-LOST.*Accounts$',
      fault: { kind: 'lost-answer' },
    });
    const rackline = await withPassword(bmc, passwords.first);
    await expect(
      stand.redfish.ensureAccount(bmc, { secretRef: rackline.secretRef, role: administrator }),
    ).rejects.toMatchObject({ failure: 'unknownOutcome' });
    await stand.redfish.ensureAccount(bmc, { secretRef: rackline.secretRef, role: administrator });
    expect(await stand.redfish.canLogIn(rackline)).toBe(true);
  });

  it('passes on why a password was refused', async () => {
    const bmc = await plugIn('lenovo-xcc', 'ACC-SHORT');
    const { secretRef } = await withPassword(bmc, 'short');
    await expect(stand.redfish.ensureAccount(bmc, { secretRef, role: administrator })).rejects.toMatchObject({
      failure: 'invalid',
      publicMessage: expect.stringContaining('10 to 32 characters'),
    });
  });

  it('says that all slots are taken', async () => {
    const bmc = await plugIn('dell-idrac9', 'ACC-FULL');
    for (const account of stand.fleet.record('ACC-FULL')?.accounts ?? [])
      if (!account.username) account.username = `user${account.id}`;
    const { secretRef } = await withPassword(bmc, passwords.first);
    await expect(stand.redfish.ensureAccount(bmc, { secretRef, role: administrator })).rejects.toMatchObject({
      code: 'redfish.accounts-full',
    });
  });

  it('does not let an operator make accounts', async () => {
    const bmc = await plugIn('supermicro', 'ACC-OP');
    const operator = await withPassword(bmc, passwords.first);
    await stand.redfish.ensureAccount(bmc, { secretRef: operator.secretRef, role: 'operator' });
    await stand.redfish.setPower(operator, { action: 'on' });
    await expect(stand.redfish.removeAccount(operator, { username: 'ADMIN' })).rejects.toMatchObject({
      failure: 'auth',
    });
  });
});
