import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BmcTarget } from '../../../../../shared/ports/bmc.ts';
import { SecretRef } from '../../../../../shared/ports/secrets.ts';
import type { ProfileName } from '../../../../simulators/bmc/hardware.ts';
import { aServer, aStand, type Stand } from '../../../../simulators/bmc/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await aStand();
});
afterAll(() => stand.close());

const rackline = { username: 'rackline', password: 'first-Password-1', role: 'administrator' } as const;
const plugIn = async (profile: ProfileName, serial: string): Promise<BmcTarget> => stand.plugIn(aServer(profile, { serial }));
const names = async (bmc: BmcTarget) => (await stand.redfish.listAccounts(bmc)).map(({ username }) => username);

describe.each(['dell-idrac9', 'dell-idrac10', 'hpe-ilo6', 'supermicro', 'lenovo-xcc', 'openbmc'] as const)('accounts on %s', (profile) => {
  let bmc: BmcTarget;
  beforeAll(async () => {
    bmc = await plugIn(profile, `ACC-${profile}`);
  });

  it('creates an account that opens the door, and none a second time', async () => {
    await stand.redfish.ensureAccount(bmc, rackline);
    await stand.redfish.ensureAccount(bmc, rackline);
    expect(await stand.redfish.canLogIn(bmc.address, rackline.username, rackline.password)).toBe(true);
    expect((await names(bmc)).filter((each) => each === 'rackline')).toHaveLength(1);
    expect(stand.lab.effects.repeated()).toEqual([]);
  });

  it('changes password and role of an account that is there', async () => {
    await stand.redfish.ensureAccount(bmc, { ...rackline, password: 'second-Password-2', role: 'operator' });
    expect(await stand.redfish.canLogIn(bmc.address, rackline.username, rackline.password)).toBe(false);
    expect(await stand.redfish.listAccounts(bmc)).toContainEqual({ username: 'rackline', role: 'operator', isEnabled: true });
  });

  it('removes it, so that its password opens nothing any more, and removing it again is success', async () => {
    await stand.redfish.removeAccount(bmc, 'rackline');
    await stand.redfish.removeAccount(bmc, 'rackline');
    expect(await names(bmc)).not.toContain('rackline');
    expect(await stand.redfish.canLogIn(bmc.address, rackline.username, 'second-Password-2')).toBe(false);
  });

  it('replaces the factory account by one of ours', async () => {
    const ours = SecretRef.parse('bmc/accounts/service');
    await stand.redfish.ensureAccount(bmc, rackline);
    await stand.safe.write(ours, rackline);
    const factory = aServer(profile).factoryAccount;
    await stand.redfish.removeAccount({ address: bmc.address, secretRef: ours }, factory.username);
    expect(await stand.redfish.canLogIn(bmc.address, factory.username, factory.password)).toBe(false);
    expect(await names({ address: bmc.address, secretRef: ours })).toEqual(['rackline']);
  });
});

describe('accounts in trouble', () => {
  it('finds the account whose creation was never answered, instead of failing on its name', async () => {
    const bmc = await plugIn('hpe-ilo6', 'ACC-LOST');
    stand.lab.faults.set({ system: 'bmc', method: 'POST', path: 'ACC-LOST.*Accounts$', fault: { kind: 'lost-answer' } });
    await expect(stand.redfish.ensureAccount(bmc, rackline)).rejects.toMatchObject({ failure: 'unknownOutcome' });
    await stand.redfish.ensureAccount(bmc, rackline);
    expect(await stand.redfish.canLogIn(bmc.address, rackline.username, rackline.password)).toBe(true);
  });

  it('passes on why a password was refused', async () => {
    const bmc = await plugIn('lenovo-xcc', 'ACC-SHORT');
    await expect(stand.redfish.ensureAccount(bmc, { ...rackline, password: 'short' })).rejects.toMatchObject({ failure: 'invalid', publicMessage: expect.stringContaining('10 to 32 characters') });
  });

  it('says that all slots are taken', async () => {
    const bmc = await plugIn('dell-idrac9', 'ACC-FULL');
    for (const account of stand.fleet.record('ACC-FULL')?.accounts ?? []) if (!account.username) account.username = `user${account.id}`;
    await expect(stand.redfish.ensureAccount(bmc, rackline)).rejects.toMatchObject({ code: 'redfish.accounts-full' });
  });

  it('does not let an operator make accounts', async () => {
    const bmc = await plugIn('supermicro', 'ACC-OP');
    await stand.redfish.ensureAccount(bmc, { ...rackline, role: 'operator' });
    const asOperator = { address: bmc.address, secretRef: SecretRef.parse('bmc/ACC-OP/operator') };
    await stand.safe.write(asOperator.secretRef, rackline);
    await stand.redfish.setPower(asOperator, 'on');
    await expect(stand.redfish.removeAccount(asOperator, 'ADMIN')).rejects.toMatchObject({ failure: 'auth' });
  });
});
