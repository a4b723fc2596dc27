import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BmcTarget } from '../../../../../shared/ports/bmc.ts';
import { aServer, aStand, type Stand } from '../../../../simulators/bmc/stand.ts';
import { takes } from '../../../../simulators/bmc/timing.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await aStand();
});
afterAll(() => stand.close());

let made = 0;
async function aHost(profile: Parameters<typeof aServer>[0] = 'dell-idrac9'): Promise<BmcTarget & { serial: string }> {
  const serial = `POWER${++made}`;
  return { ...(await stand.plugIn(aServer(profile, { serial }))), serial };
}
const resets = (serial: string) =>
  stand.requests
    .filter((each) => each.method === 'POST' && each.path.startsWith(`/${serial}/`) && each.path.endsWith('Reset'))
    .map((each) => each.body);
const stageOf = (serial: string) => stand.fleet.record(serial)?.host.stage;

describe('switching a server', () => {
  it('reads off, changing and on as the host starts', async () => {
    const bmc = await aHost();
    expect(await stand.redfish.readPower(bmc)).toBe('off');
    await stand.redfish.setPower(bmc, { action: 'on' });
    expect(await stand.redfish.readPower(bmc)).toBe('changing');
    await stand.time.pass(takes.powerOn);
    expect(await stand.redfish.readPower(bmc)).toBe('on');
  });

  it('sends nothing to a server that is as it should be', async () => {
    const bmc = await aHost();
    await stand.redfish.setPower(bmc, { action: 'off' });
    await stand.redfish.setPower(bmc, { action: 'graceful-off' });
    expect(resets(bmc.serial)).toEqual([]);
  });

  it('starts a server that is off when asked to restart it', async () => {
    const bmc = await aHost();
    await stand.redfish.setPower(bmc, { action: 'restart' });
    expect(resets(bmc.serial)).toEqual([{ ResetType: 'On' }]);
  });

  it.each([
    ['dell-idrac9', 'power-cycle', 'PowerCycle'],
    ['hpe-ilo6', 'power-cycle', 'ForceRestart'],
    ['supermicro', 'restart', 'ForceRestart'],
    ['openbmc', 'power-cycle', 'PowerCycle'],
  ] as const)('asks a %s for what it allows: %s by %s', async (profile, action, type) => {
    const bmc = await aHost(profile);
    await stand.redfish.setPower(bmc, { action: 'on' });
    await stand.time.pass(takes.powerOn);
    await stand.redfish.setPower(bmc, { action });
    expect(resets(bmc.serial).at(-1)).toEqual({ ResetType: type });
  });

  it('shuts an operating system down gently', async () => {
    const bmc = await aHost();
    stand.fleet.installSystem(bmc.serial);
    await stand.redfish.setPower(bmc, { action: 'on' });
    await stand.time.pass(takes.powerOn + takes.post);
    await stand.redfish.setPower(bmc, { action: 'graceful-off' });
    expect(await stand.redfish.readPower(bmc)).toBe('changing');
    await stand.time.pass(takes.gracefulShutdown);
    expect(await stand.redfish.readPower(bmc)).toBe('off');
  });

  it('shows that a lost reset changed nothing', async () => {
    const bmc = await aHost();
    stand.fleet.setFault(bmc.serial, { kind: 'reset-lost' });
    await stand.redfish.setPower(bmc, { action: 'on' });
    await stand.time.pass(takes.powerOn);
    expect(await stand.redfish.readPower(bmc)).toBe('off');
  });

  it('reports an answer that never came as unknown, so that the state is read before trying again', async () => {
    const bmc = await aHost();
    stand.lab.faults.set({
      system: 'bmc',
      method: 'POST',
      path: `${bmc.serial}.*Reset$`,
      fault: { kind: 'lost-answer' },
    });
    await expect(stand.redfish.setPower(bmc, { action: 'on' })).rejects.toMatchObject({ failure: 'unknownOutcome' });
    await stand.time.pass(takes.powerOn);
    await stand.redfish.setPower(bmc, { action: 'on' });
    expect(resets(bmc.serial)).toHaveLength(1);
    expect(stand.lab.effects.repeated()).toEqual([]);
  });
});

describe('booting from the network once', () => {
  it('reaches the validation image and is used up by it', async () => {
    const bmc = await aHost();
    await stand.redfish.bootOnceFromNetwork(bmc);
    expect(await stand.redfish.readBootOverride(bmc)).toBe('network');
    await stand.redfish.setPower(bmc, { action: 'on' });
    await stand.time.pass(takes.powerOn + takes.post + takes.networkBoot);
    expect(stageOf(bmc.serial)).toBe('validation');
    expect(await stand.redfish.readBootOverride(bmc)).toBe('none');
  });

  it('is armed only once, and can be taken back', async () => {
    const bmc = await aHost('lenovo-xcc');
    await stand.redfish.bootOnceFromNetwork(bmc);
    await stand.redfish.bootOnceFromNetwork(bmc);
    expect(
      stand.requests.filter((each) => each.method === 'PATCH' && each.path.startsWith(`/${bmc.serial}/`)),
    ).toHaveLength(1);
    await stand.redfish.clearBootOverride(bmc);
    await stand.redfish.clearBootOverride(bmc);
    expect(await stand.redfish.readBootOverride(bmc)).toBe('none');
  });

  it('is what makes the difference: without it the server starts its own system', async () => {
    const bmc = await aHost();
    stand.fleet.installSystem(bmc.serial);
    await stand.redfish.setPower(bmc, { action: 'on' });
    await stand.time.pass(takes.powerOn + takes.post);
    expect(stageOf(bmc.serial)).toBe('os');
  });
});
