import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Quirks } from '../../../../../shared/adapters/redfish/quirks.ts';
import type { BmcTarget } from '../../../../../shared/ports/bmc.ts';
import type { ProfileName, ServerHardware } from '../../../../simulators/bmc/hardware.ts';
import { aServer, aStand, type Stand } from '../../../../simulators/bmc/stand.ts';
import { takes } from '../../../../simulators/bmc/timing.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await aStand();
});
afterAll(() => stand.close());

let made = 0;
/** A plugged-in machine that has this peculiarity, of its platform class or switched on for it alone. */
async function aBmcWith(profile: ProfileName, different: Partial<ServerHardware> = {}): Promise<BmcTarget & { serial: string }> {
  const server = aServer(profile, { serial: `Q${++made}`, ...different });
  return { ...(await stand.plugIn(server)), serial: server.serial };
}
const recordOf = ({ serial }: { serial: string }) => {
  const record = stand.fleet.record(serial);
  if (!record) throw new Error(`no ${serial}`);
  return record;
};
const requestsTo = ({ serial }: { serial: string }, method: string, path: RegExp) => stand.requests.filter((each) => each.method === method && each.path.startsWith(`/${serial}/`) && path.test(each.path));
const startHost = async (bmc: BmcTarget) => {
  await stand.redfish.setPower(bmc, { action: 'on' });
  await stand.time.pass(takes.powerOn);
};

/** Every peculiarity the table knows: the simulator shows it, the adapter copes. A new flag does not compile without a row here. */
const cases: Record<keyof Quirks, { behavior: string; check: () => Promise<void> }> = {
  serviceTagInSku: {
    behavior: 'reads the service tag, not the board, as the serial number of a Dell',
    check: async () => {
      const bmc = await aBmcWith('dell-idrac9', { serial: 'ABC1234' });
      expect((await stand.redfish.readFacts(bmc)).identity.serial).toBe('ABC1234');
    },
  },
  sessionLimit: {
    behavior: 'needs one session for many calls at once, so that seven others may be open',
    check: async () => {
      const bmc = await aBmcWith('dell-idrac9');
      const others = Array.from({ length: 7 }, (_, index) => ({ id: `x${index}`, token: `t${index}`, username: 'someone', createdAt: stand.time.now(), usedAt: stand.time.now() }));
      recordOf(bmc).sessions = others;
      await Promise.all([stand.redfish.readPower(bmc), stand.redfish.readHealth(bmc), stand.redfish.readFirmware(bmc)]);
      recordOf(bmc).sessions = [...others, { ...others[0]!, id: 'x7', token: 't7' }];
      await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({ failure: 'throttled' });
    },
  },
  sessionWithoutLocation: {
    behavior: 'ends a session whose address stands only in the body',
    check: async () => {
      const bmc = await aBmcWith('lenovo-xcc', { quirks: { sessionWithoutLocation: true } });
      await stand.redfish.readPower(bmc);
      expect(recordOf(bmc).sessions).toEqual([]);
    },
  },
  loginRefusedWith200: {
    behavior: 'takes 200 without a token for a refused login',
    check: async () => {
      const bmc = await aBmcWith('supermicro', { model: 'SYS-1029P X11DDW' });
      expect(await stand.redfish.canLogIn(await stand.as(bmc, { username: 'ADMIN', password: 'wrong' }))).toBe(false);
    },
  },
  resetTypes: {
    behavior: 'restarts an iLO by GracefulRestart, its warm reset',
    check: async () => {
      const bmc = await aBmcWith('hpe-ilo6');
      await startHost(bmc);
      await stand.redfish.setPower(bmc, { action: 'restart' });
      expect(requestsTo(bmc, 'POST', /Reset$/).at(-1)?.body).toEqual({ ResetType: 'GracefulRestart' });
    },
  },
  whenAlreadySo: {
    behavior: 'takes "it is so already" for success, however it is said, when two switch on at once',
    check: async () => {
      for (const profile of ['dell-idrac9', 'hpe-ilo6', 'lenovo-xcc'] as const) {
        const bmc = await aBmcWith(profile);
        await startHost(bmc);
        // Another has just switched it on, which this caller has not read yet.
        stand.fleet.setFault(bmc.serial, { kind: 'power-state-lies', state: 'Off' });
        stand.onRequest = ({ path }) => {
          if (path.endsWith('Reset')) stand.fleet.clearFaults(bmc.serial);
        };
        await stand.redfish.setPower(bmc, { action: 'on' });
        expect(requestsTo(bmc, 'POST', /Reset$/)).toHaveLength(2);
        expect(recordOf(bmc).host.power).toBe('On');
      }
    },
  },
  onRefusedAfterOffSeconds: {
    behavior: 'fails in a way that is tried again while an iDRAC10 refuses to start right after stopping',
    check: async () => {
      const bmc = await aBmcWith('dell-idrac10');
      await startHost(bmc);
      await stand.redfish.setPower(bmc, { action: 'off' });
      await expect(stand.redfish.setPower(bmc, { action: 'on' })).rejects.toMatchObject({ failure: 'conflict' });
      await stand.time.pass(10);
      await stand.redfish.setPower(bmc, { action: 'on' });
      expect(recordOf(bmc).host.power).toBe('PoweringOn');
    },
  },
  networkBootTarget: {
    behavior: 'boots an XE9680 by UEFI HTTP, since its PXE does not work',
    check: async () => {
      const bmc = await aBmcWith('dell-idrac9', { model: 'PowerEdge XE9680' });
      await stand.redfish.bootOnceFromNetwork(bmc);
      expect(recordOf(bmc).boot.target).toBe('UefiHttp');
      expect(await stand.redfish.readBootOverride(bmc)).toBe('network');
    },
  },
  bootOverrideNeedsAllFields: {
    behavior: 'gives a Supermicro all three fields of a boot override, changed or not',
    check: async () => {
      const bmc = await aBmcWith('supermicro');
      await stand.redfish.bootOnceFromNetwork(bmc);
      expect(requestsTo(bmc, 'PATCH', /Systems/).at(-1)?.body).toEqual({ Boot: { BootSourceOverrideEnabled: 'Once', BootSourceOverrideTarget: 'Pxe', BootSourceOverrideMode: 'UEFI' } });
      await stand.redfish.clearBootOverride(bmc);
      expect(await stand.redfish.readBootOverride(bmc)).toBe('none');
    },
  },
  bootOverrideInSettings: {
    behavior: 'sets the boot override on the settings object where the system refuses it',
    check: async () => {
      const bmc = await aBmcWith('dell-idrac10');
      await stand.redfish.bootOnceFromNetwork(bmc);
      expect(requestsTo(bmc, 'PATCH', /./).map((each) => each.path)).toEqual([expect.stringMatching(/\/Settings$/)]);
      expect(await stand.redfish.readBootOverride(bmc)).toBe('network');
    },
  },
  bootRefusedDuringPost: {
    behavior: 'fails in a way that is tried again while an iLO is in POST',
    check: async () => {
      const bmc = await aBmcWith('hpe-ilo6');
      await startHost(bmc);
      await expect(stand.redfish.bootOnceFromNetwork(bmc)).rejects.toMatchObject({ failure: 'transient' });
      await stand.time.pass(takes.post);
      await stand.redfish.bootOnceFromNetwork(bmc);
      expect(await stand.redfish.readBootOverride(bmc)).toBe('network');
    },
  },
  etag: {
    behavior: 'climbs down from the given ETag to a strong one to none',
    check: async () => {
      for (const [etag, sent] of [['required', [/^W\//]], ['strong-only', [/^W\//, /^"/]], ['refused', [/^"/, undefined]]] as const) {
        const bmc = await aBmcWith('lenovo-xcc', { quirks: { etag } });
        await stand.redfish.bootOnceFromNetwork(bmc);
        const matches = requestsTo(bmc, 'PATCH', /Systems/).map((each) => each.headers['if-match']);
        expect(matches).toEqual(sent.map((pattern) => (pattern ? expect.stringMatching(pattern) : undefined)));
        expect(await stand.redfish.readBootOverride(bmc)).toBe('network');
      }
    },
  },
  expandDropsFields: {
    behavior: 'reads members one by one where expanding a collection loses their fields',
    check: async () => {
      const bmc = await aBmcWith('ami-megarac');
      expect((await stand.redfish.readFacts(bmc)).memory?.modules).toHaveLength(8);
      expect(requestsTo(bmc, 'GET', /./).filter((each) => each.query.has('$expand'))).toEqual([]);
    },
  },
  updateWithoutTask: {
    behavior: 'follows an update on an iLO by its one word, there being no task',
    check: async () => expect(await updated(await aBmcWith('hpe-ilo6'), 'bios')).toMatchObject({ outcome: 'done', version: '9.9.9' }),
  },
  jobs: {
    behavior: 'reads the job when a Dell has cleared away the finished task',
    check: async () => {
      const bmc = await aBmcWith('dell-idrac9');
      stand.fleet.installSystem(bmc.serial);
      const begun = await stand.redfish.eraseDrives(bmc, {});
      await stand.time.pass(takes.erase);
      expect(recordOf(bmc).tasks.every((task) => task.isPurged)).toBe(true);
      expect(await stand.redfish.eraseDrives(bmc, { ticket: ticketIn(begun) })).toMatchObject({ outcome: 'done' });
      expect(requestsTo(bmc, 'GET', /JobService\/Jobs\/JID/).length).toBeGreaterThan(0);
    },
  },
  taskAppearsAfterSeconds: {
    behavior: 'waits for a task that answers 404 at first',
    check: async () => {
      const bmc = await aBmcWith('dell-idrac9');
      const update = { component: 'nic' as const, version: '9.9.9', imageUrl: 'http://images/nic-9.9.9.bin' };
      const begun = await stand.redfish.updateFirmware(bmc, update);
      expect(await stand.redfish.updateFirmware(bmc, { ...update, ticket: ticketIn(begun) })).toMatchObject({ outcome: 'pending', progress: 'its task does not show yet' });
      expect(recordOf(bmc).host.power).toBe('Off');
    },
  },
  taskWithoutPayload: {
    behavior: 'finds the erasure that runs on a drive by the drive itself, where tasks do not say what began them',
    check: async () => {
      const bmc = await aBmcWith('hpe-ilo6', { quirks: { taskWithoutPayload: true } });
      await stand.redfish.eraseDrives(bmc, {});
      const again = await stand.redfish.eraseDrives(bmc, {});
      expect(requestsTo(bmc, 'POST', /SecureErase$/)).toHaveLength(4);
      await stand.time.pass(takes.erase);
      expect(await stand.redfish.eraseDrives(bmc, { ticket: ticketIn(again) })).toMatchObject({ outcome: 'done' });
    },
  },
  monitorForgetsFinishedTask: {
    behavior: 'never reads a task monitor, which would remove the finished task',
    check: async () => {
      const bmc = await aBmcWith('lenovo-xcc');
      expect(await updated(bmc, 'bios')).toMatchObject({ outcome: 'done' });
      expect(requestsTo(bmc, 'GET', /TaskMonitors/)).toEqual([]);
    },
  },
  installedPrefix: {
    behavior: 'counts each component of a Dell once: what is installed, not what it was before',
    check: async () => {
      const bmc = await aBmcWith('dell-idrac9');
      await updated(bmc, 'bios');
      const bios = (await stand.redfish.readFirmware(bmc)).filter((each) => each.component === 'bios');
      expect(bios).toEqual([expect.objectContaining({ version: '9.9.9' })]);
    },
  },
  version: {
    behavior: 'reads versions without the family, build and date that vendors write around them',
    check: async () => {
      const versions = async (profile: ProfileName) => Object.fromEntries((await stand.redfish.readFirmware(await aBmcWith(profile))).map((each) => [each.component, each.version]));
      expect(await versions('hpe-ilo6')).toMatchObject({ bios: '2.16', bmc: '1.58' });
      expect(await versions('lenovo-xcc')).toMatchObject({ bios: '1.51', bmc: '2.83' });
    },
  },
  accountSlots: {
    behavior: 'fills an empty slot of an iDRAC9 and empties it again, leaving the reserved one alone',
    check: async () => {
      const bmc = await aBmcWith('dell-idrac9');
      const { secretRef } = await stand.as(bmc, { username: 'rackline', password: 'abcDEF-123456' });
      await stand.redfish.ensureAccount(bmc, { secretRef, role: 'operator' });
      expect(recordOf(bmc).accounts.find((each) => each.username === 'rackline')).toMatchObject({ id: '3', role: 'Operator' });
      await stand.redfish.removeAccount(bmc, { username: 'rackline' });
      expect(recordOf(bmc).accounts.filter((each) => each.username).map((each) => each.username)).toEqual(['root']);
      expect(recordOf(bmc).accounts).toHaveLength(16);
    },
  },
};

const ticketIn = (submitted: { outcome: string; ticket?: string }) => {
  if (submitted.ticket === undefined) throw new Error(`no ticket: ${JSON.stringify(submitted)}`);
  return submitted.ticket;
};

async function updated(bmc: BmcTarget, component: 'bios' | 'bmc') {
  const update = { component, version: '9.9.9', imageUrl: `http://images/${component}-9.9.9.bin` };
  let answer = await stand.redfish.updateFirmware(bmc, update);
  for (let asked = 0; answer.outcome === 'pending' && asked < 60; asked++) {
    await stand.time.pass(answer.pollAfterSeconds);
    answer = await stand.redfish.updateFirmware(bmc, { ...update, ticket: answer.ticket });
  }
  return answer;
}

describe('the quirk table', () => {
  it.each(Object.entries(cases).map(([flag, { behavior, check }]) => [flag, behavior, check] as const))('%s: %s', async (_flag, _behavior, check) => {
    await check();
  });
});
