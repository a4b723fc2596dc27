import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { until } from '../../../kit/until.ts';
import type { ProfileName } from '../../../simulators/bmc/hardware.ts';
import { profiles } from '../../../simulators/bmc/profiles/index.ts';
import { aCompany, aReceiver, describeWithPython, Script, type Company } from './kit.ts';

/**
 * What sushy does not see; the rest it does. Null: the BMC has it not, or in the newer resources only, which this sushy
 * does not read.
 */
const different: Record<ProfileName, Record<string, unknown>> = {
  // A Dell's task appears late, iLO has none, Supermicro names none: as with the real ones, this sushy gives up on
  // them.
  'dell-idrac9': { firmware: 7, update: 'its task is not there yet' },
  'dell-idrac10': { firmware: 7, update: 'its task is not there yet' },
  'hpe-ilo6': { firmware: 7, update: 'it names no task' },
  supermicro: { update: 'it names no task' },
  'lenovo-xcc': {},
  'ami-megarac': {},
  openbmc: { nics: null, firmware: null, volts: null, fans: null, temperatures: null, update: null },
};

describeWithPython("OpenStack's sushy against a simulated BMC", { sushy: 'python3-sushy' }, () => {
  let company: Company;
  beforeAll(async () => {
    company = await aCompany();
  });
  afterAll(() => company.close());

  it.each(Object.keys(profiles) as ProfileName[])(
    '%s is read, subscribed to, set, started from the network and updated; no session is left',
    async (profile) => {
      const { server, address } = await company.plugIn(profile);
      const receiver = await aReceiver();
      const { username, password } = server.factoryAccount;
      const walk = new Script('walk_with_sushy.py', address, username, password, receiver.url);
      const seen: unknown = JSON.parse(await walk.line());
      await walk.close();
      receiver.close();
      const record = company.fleet.record(server.serial);
      expect(seen).toEqual({
        system: expect.stringContaining(server.manufacturer),
        manager: expect.any(String),
        cores: 64,
        memory: 512,
        nics: 2,
        drives: 4,
        firmware: 5,
        volts: 230,
        fans: 6,
        temperatures: 4,
        bios: 'Uefi',
        sessions: 1,
        subscribed: 1,
        'pending bios': 'Disabled',
        booted: 'from the network, once',
        update: 'followed by its task',
        ...different[profile],
      });
      expect([record?.sessions, record?.subscriptions, record?.settings.bios['LogicalProc']]).toEqual([
        [],
        [],
        'Disabled',
      ]);
      if (profile !== 'openbmc') await until('the update is installed', () => record?.firmware.bmc.version === '9.9.9');
    },
  );
});
