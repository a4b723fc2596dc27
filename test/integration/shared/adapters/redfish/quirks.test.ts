import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Power } from '../../../../../shared/adapters/redfish/contract.ts';
import type { BmcHint } from '../../../../../shared/adapters/redfish/events.ts';
import { hearPower } from '../../../../../shared/adapters/redfish/map-sensors.ts';
import { quirksOf, type Quirks } from '../../../../../shared/adapters/redfish/quirks.ts';
import type { BmcTarget } from '../../../../../shared/ports/bmc.ts';
import { until } from '../../../../kit/until.ts';
import { openStreams } from '../../../../simulators/bmc/events.ts';
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
async function aBmcWith(
  profile: ProfileName,
  different: Partial<ServerHardware> = {},
): Promise<BmcTarget & { serial: string }> {
  const server = aServer(profile, { serial: `Q${++made}`, ...different });
  return { ...(await stand.plugIn(server)), serial: server.serial };
}
const recordOf = ({ serial }: { serial: string }) => {
  const record = stand.fleet.record(serial);
  if (!record) throw new Error(`no ${serial}`);
  return record;
};
const requestsTo = ({ serial }: { serial: string }, method: string, path: RegExp) =>
  stand.requests.filter(
    (each) => each.method === method && each.path.startsWith(`/${serial}/`) && path.test(each.path),
  );
const startHost = async (bmc: BmcTarget) => {
  await stand.redfish.setPower(bmc, { action: 'on' });
  await stand.time.pass(takes.powerOn);
};

/**
 * Every peculiarity the table knows: the simulator shows it, the adapter copes. A new flag does not compile without a
 * row here.
 */
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
      const others = Array.from({ length: 7 }, (_, index) => ({
        id: `x${index}`,
        token: `t${index}`,
        username: 'someone',
        createdAt: stand.time.now(),
        usedAt: stand.time.now(),
      }));
      recordOf(bmc).sessions = others;
      await Promise.all([stand.redfish.readPower(bmc), stand.redfish.readHealth(bmc), stand.redfish.readFirmware(bmc)]);
      recordOf(bmc).sessions = [...others, { ...others[0]!, id: 'x7', token: 't7' }];
      await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({ failure: 'throttled' });
    },
  },
  sessionsAt: {
    behavior: 'logs in to an iDRAC 8 where it takes logins, which is not where its root says',
    check: async () => {
      const bmc = await aBmcWith('dell-idrac9', { quirks: { sessionsAt: '/redfish/v1/Sessions' } });
      expect(await stand.redfish.readPower(bmc)).toBe('off');
      expect(requestsTo(bmc, 'POST', /Sessions$/).map(({ path }) => path.replace(`/${bmc.serial}`, ''))).toEqual([
        '/redfish/v1/SessionService/Sessions',
        '/redfish/v1/Sessions',
      ]);
      expect(recordOf(bmc).sessions).toEqual([]);
    },
  },
  sessionWithoutBody: {
    behavior: 'ends a session whose address stands only in the Location header',
    check: async () => {
      const bmc = await aBmcWith('hpe-ilo6', { quirks: { sessionWithoutBody: true } });
      await stand.redfish.readPower(bmc);
      expect(recordOf(bmc).sessions).toEqual([]);
    },
  },
  locksAfterFailures: {
    behavior: 'locks nobody out of a Supermicro by trying a wrong password again and again',
    check: async () => {
      const bmc = await aBmcWith('supermicro');
      const wrong = await stand.as(bmc, { username: 'ADMIN', password: 'wrong' });
      for (let tried = 0; tried < 5; tried++) await expect(stand.redfish.readPower(wrong)).rejects.toThrow();
      expect(requestsTo(bmc, 'POST', /Sessions$/)).toHaveLength(1);
      expect(await stand.redfish.readPower(bmc)).toBe('off');
    },
  },
  passwordChangeFirst: {
    behavior: 'says that the factory password has to be changed first, and can change it',
    check: async () => {
      const bmc = await aBmcWith('lenovo-xcc', { quirks: { passwordChangeFirst: true } });
      await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({
        code: 'redfish.password-change-required',
        kind: 'conflict',
      });
      const fresh = await stand.as(bmc, { username: 'USERID', password: 'fresh-Passw0rd' });
      await expect(
        stand.redfish.ensureAccount(bmc, {
          secretRef: (await stand.as(bmc, { username: 'rackline', password: 'fresh-Passw0rd' })).secretRef,
          role: 'operator',
        }),
      ).rejects.toMatchObject({ code: 'redfish.password-change-required' });
      await stand.redfish.ensureAccount(bmc, { secretRef: fresh.secretRef, role: 'administrator' });
      expect(await stand.redfish.readPower(fresh)).toBe('off');
    },
  },
  resetsUsedConnections: {
    behavior:
      'writes to an iLO over connections of their own, since it breaks those that were used before; what ' +
      'is only read is asked again',
    check: async () => {
      const own = await aStand({ redfish: { http: { retries: 1 } } });
      const bmc = await own.plugIn(aServer('hpe-ilo6', { serial: 'RESETS', quirks: { resetsUsedConnections: true } }));
      await own.redfish.setPower(bmc, { action: 'on' });
      expect(own.fleet.record('RESETS')?.host.power).toBe('PoweringOn');
      expect(own.fleet.record('RESETS')?.sessions).toEqual([]);
      await own.close();
    },
  },
  compresses: {
    behavior: 'reads what comes compressed without having been asked for',
    check: async () => {
      const bmc = await aBmcWith('hpe-ilo6', { quirks: { compresses: true } });
      expect((await stand.redfish.readFacts(bmc)).identity.serial).toBe(bmc.serial);
      expect(requestsTo(bmc, 'GET', /./).filter((each) => 'accept-encoding' in each.headers)).toEqual([]);
    },
  },
  slash: {
    behavior: 'puts a slash at the end of paths for who wants it, or is redirected there',
    check: async () => {
      for (const slash of ['needed', 'redirected'] as const) {
        const bmc = await aBmcWith('supermicro', { quirks: { slash } });
        expect((await stand.redfish.readFacts(bmc)).memory?.modules).toHaveLength(8);
        await stand.redfish.bootOnceFromNetwork(bmc);
        expect(await stand.redfish.readBootOverride(bmc)).toBe('network');
      }
    },
  },
  notReadySeconds: {
    behavior: 'fails in a way that is tried again while an iDRAC answers that it is not ready',
    check: async () => {
      const bmc = await aBmcWith('dell-idrac9', { quirks: { notReadySeconds: 20 } });
      await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({ failure: 'transient' });
      await stand.time.pass(20);
      expect(await stand.redfish.readPower(bmc)).toBe('off');
    },
  },
  bareRootSeconds: {
    behavior: 'waits for a BMC whose root lists nothing yet',
    check: async () => {
      const bmc = await aBmcWith('supermicro', { quirks: { bareRootSeconds: 20 } });
      await expect(stand.redfish.readFacts(bmc)).rejects.toMatchObject({ failure: 'transient', retryAfterSeconds: 10 });
      await stand.time.pass(20);
      expect((await stand.redfish.readFacts(bmc)).identity.serial).toBe(bmc.serial);
    },
  },
  nullForEmpty: {
    behavior: 'takes null for an empty list',
    check: async () => {
      const bmc = await aBmcWith('hpe-ilo6', { quirks: { nullForEmpty: true }, drives: [], networkPorts: [] });
      const facts = await stand.redfish.readFacts(bmc);
      expect([facts.drives, facts.networkPorts, facts.identity.serial]).toEqual([undefined, undefined, bmc.serial]);
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
  restartByOffSeconds: {
    behavior: 'restarts an SR675 V3 by switching it off and on, since it hangs on a forced restart',
    check: async () => {
      const bmc = await aBmcWith('lenovo-xcc', {
        model: 'ThinkSystem SR675 V3',
        firmware: { ...aServer('lenovo-xcc').firmware, bmc: '9.10' },
      });
      await startHost(bmc);
      const restarted = stand.redfish.setPower(bmc, { action: 'restart' });
      let isDone = false;
      void restarted.finally(() => (isDone = true));
      await until('it has waited with the host off', async () => {
        await stand.time.pass(1);
        return isDone;
      });
      await restarted;
      expect(requestsTo(bmc, 'POST', /ComputerSystem.Reset$/).map(({ body }) => body)).toEqual([
        { ResetType: 'On' },
        { ResetType: 'ForceOff' },
        { ResetType: 'On' },
      ]);
      await stand.time.pass(takes.powerOn + takes.post);
      expect(recordOf(bmc).host.boots).toBe(1);
    },
  },
  bootRefusesUnchanged: {
    behavior: 'sends of a boot override only what changes',
    check: async () => {
      const bmc = await aBmcWith('hpe-ilo6', { quirks: { bootRefusesUnchanged: true } });
      recordOf(bmc).boot = { enabled: 'Once', target: 'Cd', mode: 'UEFI' };
      await stand.redfish.bootOnceFromNetwork(bmc);
      expect(requestsTo(bmc, 'PATCH', /Systems/).at(-1)?.body).toEqual({ Boot: { BootSourceOverrideTarget: 'Pxe' } });
      expect(await stand.redfish.readBootOverride(bmc)).toBe('network');
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
      expect(requestsTo(bmc, 'PATCH', /Systems/).at(-1)?.body).toEqual({
        Boot: { BootSourceOverrideEnabled: 'Once', BootSourceOverrideTarget: 'Pxe', BootSourceOverrideMode: 'UEFI' },
      });
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
    behavior: 'climbs down from the given ETag to a strong one, to one without quotes, to none',
    check: async () => {
      for (const [etag, sent] of [
        ['required', [/^W\//]],
        ['strong-only', [/^W\//, /^"/]],
        ['unquoted', [/^"/, /^\w+$/]],
        ['refused', [/^"/, /^\w+$/, undefined]],
        ['blank', [undefined]],
      ] as const) {
        const bmc = await aBmcWith('lenovo-xcc', { quirks: { etag } });
        await stand.redfish.bootOnceFromNetwork(bmc);
        const matches = requestsTo(bmc, 'PATCH', /Systems/).map((each) => each.headers['if-match']);
        expect(matches).toEqual(sent.map((pattern) => (pattern ? expect.stringMatching(pattern) : undefined)));
        expect(await stand.redfish.readBootOverride(bmc)).toBe('network');
      }
    },
  },
  actionsRefuseIfMatch: {
    behavior: 'sends no ETag with an action',
    check: async () => {
      const bmc = await aBmcWith('dell-idrac10');
      await startHost(bmc);
      await stand.redfish.setPower(bmc, { action: 'restart' });
      expect(requestsTo(bmc, 'POST', /./).filter((each) => 'if-match' in each.headers)).toEqual([]);
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
    check: async () =>
      expect(await updated(await aBmcWith('hpe-ilo6'), 'bios')).toMatchObject({ outcome: 'done', version: '9.9.9' }),
  },
  updateNamesNoTask: {
    behavior: 'finds the task of an update among all tasks where a Supermicro accepts it without naming one',
    check: async () => {
      const bmc = await aBmcWith('supermicro');
      expect(await updated(bmc, 'bios')).toMatchObject({ outcome: 'done', version: '9.9.9' });
      expect(requestsTo(bmc, 'GET', /Tasks\/\d+$/).length).toBeGreaterThan(0);
    },
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
      expect(await stand.redfish.updateFirmware(bmc, { ...update, ticket: ticketIn(begun) })).toMatchObject({
        outcome: 'pending',
        progress: 'its task does not show yet',
      });
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
      const versions = async (profile: ProfileName) =>
        Object.fromEntries(
          (await stand.redfish.readFirmware(await aBmcWith(profile))).map((each) => [each.component, each.version]),
        );
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
      expect(recordOf(bmc).accounts.find((each) => each.username === 'rackline')).toMatchObject({
        id: '3',
        role: 'Operator',
      });
      await stand.redfish.removeAccount(bmc, { username: 'rackline' });
      expect(
        recordOf(bmc)
          .accounts.filter((each) => each.username)
          .map((each) => each.username),
      ).toEqual(['root']);
      expect(recordOf(bmc).accounts).toHaveLength(16);
    },
  },
  numbersAsText: {
    behavior: 'reads numbers that are written as text or as a list of one',
    check: async () => {
      const bmc = await aBmcWith('dell-idrac9', { quirks: { numbersAsText: true } });
      expect(await stand.redfish.readHealth(bmc)).toEqual({ health: 'ok', powerWatts: 14, inletCelsius: 19 });
      expect(await stand.redfish.readSensors(bmc)).toMatchObject({ unread: 0 });
    },
  },
  phantomSupplies: {
    behavior: 'does not count a power supply that iLO 4 lists though it is not there',
    check: async () => {
      const bmc = await aBmcWith('hpe-ilo6', { quirks: { phantomSupplies: true } });
      // The platform class is read off the controller; ours says it is an iLO 6.
      const { readings } = await stand.redfish.readSensors(bmc);
      expect(readings.filter(({ kind }) => kind === 'power')).toHaveLength(3);
      const { PowerSupplies } = Power.parse({
        PowerSupplies: [
          { Name: 'HpServerPowerSupply', FirmwareVersion: '0.00', Status: { State: 'Enabled', Health: 'Warning' } },
          { Name: 'HpServerPowerSupply', FirmwareVersion: '1.00', LastPowerOutputWatts: 90 },
        ],
      });
      expect(
        hearPower(
          { ...Power.parse({}), PowerSupplies },
          quirksOf({ vendor: 'hpe', manager: 'iLO 4', model: '', firmware: '2.82' }),
        ).readings,
      ).toEqual([{ kind: 'power', name: 'HpServerPowerSupply', reading: 90, unit: 'W' }]);
    },
  },
  logs: {
    behavior: 'reads the log that tells of the machine, not the one that tells of logins',
    check: async () => {
      for (const [profile, place] of [
        ['dell-idrac9', 'Lclog'],
        ['hpe-ilo6', 'IML'],
        ['lenovo-xcc', 'PlatformLog'],
        ['supermicro', 'Log1'],
        ['ami-megarac', 'Log1'],
        ['openbmc', 'EventLog'],
      ] as const) {
        const bmc = await aBmcWith(profile);
        stand.fleet.ail(bmc.serial, { kind: 'fan-stopped', fan: 2 });
        expect((await stand.redfish.readLog(bmc)).entries).toMatchObject([
          { severity: 'critical', message: 'Fan 2 RPM is less than the lower critical threshold.' },
        ]);
        expect(requestsTo(bmc, 'GET', new RegExp(`${place}/Entries`)).length).toBeGreaterThan(0);
      }
    },
  },
  logIdsArePositions: {
    behavior: 'finds its place again where entries move up when the oldest goes',
    check: async () => {
      const bmc = await aBmcWith('hpe-ilo6', { quirks: { logIdsArePositions: true } });
      for (let number = 1; number <= 200; number++) stand.fleet.note(bmc.serial, 'OK', `entry ${number}`);
      const { cursor } = await stand.redfish.readLog(bmc);
      for (let number = 201; number <= 203; number++) stand.fleet.note(bmc.serial, 'OK', `entry ${number}`);
      const since = await stand.redfish.readLog(bmc, cursor === undefined ? {} : { cursor });
      expect([since.entries.map(({ message }) => message), since.gap]).toEqual([
        ['entry 201', 'entry 202', 'entry 203'],
        undefined,
      ]);
    },
  },
  eventOffsetWithoutColon: {
    behavior: 'understands when a Dell says that an event was',
    check: async () => {
      const { hints } = await hintsFrom('dell-idrac9');
      expect(hints).toMatchObject([{ at: new Date(stand.time.now()).toISOString(), code: 'FAN0001' }]);
    },
  },
  eventsWithoutIds: {
    behavior: 'takes events without any number',
    check: async () => {
      const { hints } = await hintsFrom('openbmc', { eventsWithoutIds: true });
      expect(hints).toMatchObject([{ reason: 'event', severity: 'critical', code: 'FAN0001' }]);
    },
  },
  eventTypes: {
    behavior: 'names the types of events to who asks for it, and leaves them out for who refuses them',
    check: async () => {
      for (const [profile, quirks, sent] of [
        ['hpe-ilo6', {}, 1],
        ['supermicro', { eventTypes: 'unknown' }, 2],
      ] as const) {
        const bmc = await aBmcWith(profile, { quirks });
        const end = new AbortController();
        expect(
          await stand.redfish.watch(bmc, () => undefined, {
            signal: end.signal,
            destination: 'http://127.0.0.1:1/events',
          }),
        ).toBe('subscription');
        expect(requestsTo(bmc, 'POST', /Subscriptions$/)).toHaveLength(sent);
        expect(recordOf(bmc).subscriptions).toHaveLength(1);
        end.abort();
        await until('the subscription is gone', () => recordOf(bmc).subscriptions.length === 0);
      }
    },
  },
};

/** What is heard from a BMC's stream when a fan stops. */
async function hintsFrom(profile: ProfileName, quirks: ServerHardware['quirks'] = {}): Promise<{ hints: BmcHint[] }> {
  const bmc = await aBmcWith(profile, { quirks });
  const hints: BmcHint[] = [];
  const end = new AbortController();
  expect(await stand.redfish.watch(bmc, (hint) => void hints.push(hint), { signal: end.signal })).toBe('sse');
  await until('the stream is open', () => openStreams(recordOf(bmc)) === 1);
  stand.fleet.ail(bmc.serial, { kind: 'fan-stopped', fan: 1 });
  await until('a hint comes', () => hints.length > 0);
  end.abort();
  await until('its session is ended', () => recordOf(bmc).sessions.length === 0);
  return { hints };
}

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
  it.each(Object.entries(cases).map(([flag, { behavior, check }]) => [flag, behavior, check] as const))(
    '%s: %s',
    async (_flag, _behavior, check) => {
      await check();
    },
  );
});
