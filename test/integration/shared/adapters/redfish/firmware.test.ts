import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BmcTarget, UpdatableComponent } from '../../../../../shared/ports/bmc.ts';
import type { ProfileName } from '../../../../simulators/bmc/hardware.ts';
import { aServer, aStand, type Stand } from '../../../../simulators/bmc/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await aStand();
});
afterAll(() => stand.close());

type Host = BmcTarget & { serial: string };
let made = 0;
async function aHost(profile: ProfileName): Promise<Host> {
  const serial = `FW${++made}`;
  return { ...(await stand.plugIn(aServer(profile, { serial }))), serial };
}
const update = (component: UpdatableComponent, version = '9.9.9') => ({
  component,
  version,
  imageUrl: `http://images.example/PowerEdge R760/${component}-${version}.bin`,
});
const begin = (bmc: BmcTarget, component: UpdatableComponent) => stand.redfish.updateFirmware(bmc, update(component));

/** Asks as long as the answer is "pending", letting the asked-for time pass. */
async function carryOut(bmc: BmcTarget, wanted: ReturnType<typeof update>, times = 120) {
  const progress: (string | undefined)[] = [];
  let answer = await stand.redfish.updateFirmware(bmc, wanted);
  for (let asked = 0; answer.outcome === 'pending' && asked < times; asked++) {
    progress.push(answer.progress);
    await stand.time.pass(answer.pollAfterSeconds);
    answer = await stand.redfish.updateFirmware(bmc, { ...wanted, ticket: answer.ticket });
  }
  return { answer, progress };
}
const versionOf = async (bmc: BmcTarget, component: UpdatableComponent) =>
  (await stand.redfish.readFirmware(bmc)).find((each) => each.component === component)?.version;
const updatesAsked = ({ serial }: Host) =>
  stand.requests.filter((each) => each.path.startsWith(`/${serial}/`) && each.path.endsWith('SimpleUpdate'));

describe.each(['dell-idrac9', 'hpe-ilo6', 'supermicro', 'lenovo-xcc'] as const)(
  'updating firmware on %s',
  (profile) => {
    it('brings BIOS, BMC, NIC and storage up one after the other, each effect once', async () => {
      const bmc = await aHost(profile);
      for (const component of ['bios', 'bmc', 'nic', 'storage'] as const) {
        expect((await carryOut(bmc, update(component))).answer).toEqual({ outcome: 'done', version: '9.9.9' });
        expect(await versionOf(bmc, component)).toBe('9.9.9');
      }
      expect(updatesAsked(bmc)).toHaveLength(4);
      expect(stand.lab.effects.repeated()).toEqual([]);
    });

    it('does nothing when the version is there', async () => {
      const bmc = await aHost(profile);
      const present = await versionOf(bmc, 'bios');
      expect(await stand.redfish.updateFirmware(bmc, update('bios', present))).toEqual({
        outcome: 'done',
        version: present,
      });
      expect(updatesAsked(bmc)).toEqual([]);
    });

    it('refuses with the reason when the BMC reports success but the old version stays', async () => {
      const bmc = await aHost(profile);
      stand.fleet.setFault(bmc.serial, { kind: 'firmware-unchanged' });
      const { answer } = await carryOut(bmc, update('bios'));
      expect(answer).toEqual({
        outcome: 'refused',
        reason: expect.stringMatching(/finished, but what is installed is .*, not 9\.9\.9/),
      });
    });

    it('refuses with the reason when the image is not accepted', async () => {
      const bmc = await aHost(profile);
      stand.fleet.setFault(bmc.serial, { kind: 'update-fails' });
      expect((await carryOut(bmc, update('nic'))).answer).toEqual({
        outcome: 'refused',
        reason: expect.stringContaining('The update of nic to 9.9.9 failed'),
      });
    });

    it('keeps saying pending while the task does not get on', async () => {
      const bmc = await aHost(profile);
      stand.fleet.setFault(bmc.serial, { kind: 'task-stuck' });
      expect((await carryOut(bmc, update('bios'), 20)).answer).toMatchObject({ outcome: 'pending' });
    });

    it('follows the update whose beginning was never answered, instead of beginning another', async () => {
      const bmc = await aHost(profile);
      stand.lab.faults.set({
        system: 'bmc',
        method: 'POST',
        path: `${bmc.serial}/.*SimpleUpdate$`,
        fault: { kind: 'lost-answer' },
      });
      await expect(begin(bmc, 'bios')).rejects.toMatchObject({ failure: 'unknownOutcome' });
      await stand.time.pass(15);
      expect((await carryOut(bmc, update('bios'))).answer).toMatchObject({ outcome: 'done' });
      expect(updatesAsked(bmc)).toHaveLength(1);
    });
  },
);

describe('updating firmware in trouble', () => {
  it('says pending while the BMC restarts on its own new firmware', async () => {
    const bmc = await aHost('dell-idrac9');
    const { answer, progress } = await carryOut(bmc, update('bmc'));
    expect(answer).toMatchObject({ outcome: 'done' });
    expect(progress).toContain('the BMC does not answer, as when it restarts');
  });

  it('says pending while the restarting BMC answers only that it is busy', async () => {
    const bmc = await aHost('lenovo-xcc');
    stand.fleet.setFault(bmc.serial, { kind: 'busy-while-resetting' });
    expect((await carryOut(bmc, update('bmc'))).answer).toMatchObject({ outcome: 'done' });
  });

  it('restarts the host again when the first restart was lost', async () => {
    const bmc = await aHost('supermicro');
    await stand.redfish.setPower(bmc, { action: 'on' });
    await stand.time.pass(120);
    stand.fleet.setFault(bmc.serial, { kind: 'reset-lost' });
    const wanted = update('bios');
    let answer = await stand.redfish.updateFirmware(bmc, wanted);
    while (answer.outcome === 'pending' && answer.progress !== 'the host restarts to apply it') {
      await stand.time.pass(answer.pollAfterSeconds);
      answer = await stand.redfish.updateFirmware(bmc, { ...wanted, ticket: answer.ticket });
    }
    stand.fleet.clearFaults(bmc.serial);
    for (let asked = 0; answer.outcome === 'pending' && asked < 80; asked++) {
      await stand.time.pass(answer.pollAfterSeconds);
      answer = await stand.redfish.updateFirmware(bmc, { ...wanted, ticket: answer.ticket });
    }
    expect(answer).toMatchObject({ outcome: 'done' });
  });

  it('fails in a way that is tried again while another update is under way', async () => {
    const bmc = await aHost('dell-idrac9');
    await begin(bmc, 'bios');
    await expect(begin(bmc, 'nic')).rejects.toMatchObject({ failure: 'conflict' });
  });

  it('refuses a BMC that takes no firmware from an address', async () => {
    expect(await begin(await aHost('openbmc'), 'bmc')).toMatchObject({ outcome: 'refused' });
  });
});
