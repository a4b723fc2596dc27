import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Quirks } from '../../../../../shared/adapters/redfish/quirks.ts';
import type { BmcTarget } from '../../../../../shared/ports/bmc.ts';
import type { ProfileName } from '../../../../simulators/bmc/hardware.ts';
import { aServer, aStand, type Stand } from '../../../../simulators/bmc/stand.ts';
import { takes } from '../../../../simulators/bmc/timing.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await aStand();
});
afterAll(() => stand.close());

type Host = BmcTarget & { serial: string; drives: string[] };
let made = 0;
async function aUsedHost(profile: ProfileName, quirks: Partial<Quirks> = {}): Promise<Host> {
  const server = aServer(profile, { serial: `ERASE${++made}`, quirks });
  const bmc = await stand.plugIn(server);
  stand.fleet.installSystem(server.serial);
  return { ...bmc, serial: server.serial, drives: server.drives.map((drive) => drive.serial) };
}
const ticketIn = (answer: { outcome: string; ticket?: string }) => {
  if (answer.ticket === undefined) throw new Error(`no ticket: ${JSON.stringify(answer)}`);
  return answer.ticket;
};
/** Somebody at the BMC's own page. */
async function eraseByHand({ address, serial }: Host, bay: number, body: object): Promise<void> {
  const { username, password } = aServer('supermicro', { serial }).factoryAccount;
  const headers = { authorization: `Basic ${btoa(`${username}:${password}`)}`, 'content-type': 'application/json' };
  const { Drives } = (await (await fetch(`${address}/redfish/v1/Systems/1/Storage/NVMeSSD`, { headers })).json()) as {
    Drives: { '@odata.id': string }[];
  };
  const answer = await fetch(`${address}${Drives[bay]?.['@odata.id']}/Actions/Drive.SecureErase`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(202);
}
const holdData = ({ serial }: Host) =>
  Object.values(stand.fleet.record(serial)?.drives ?? {}).filter((drive) => drive.holdsData).length;
const erasesAsked = ({ serial }: Host) =>
  stand.requests.filter((each) => each.path.startsWith(`/${serial}/`) && each.path.endsWith('SecureErase'));

describe.each([
  ['dell-idrac9', 'SecureErase'],
  ['hpe-ilo6', 'SecureErase'],
  ['supermicro', 'CryptographicErase'],
] as const)('erasing the drives of %s', (profile, method) => {
  it('answers when each drive has been read back as erased', async () => {
    const host = await aUsedHost(profile);
    const begun = await stand.redfish.eraseDrives(host, {});
    expect(await stand.redfish.eraseDrives(host, { ticket: ticketIn(begun) })).toMatchObject({
      outcome: 'pending',
      progress: '0 of 4 drives erased',
    });
    await stand.time.pass(takes.erase);
    expect(await stand.redfish.eraseDrives(host, { ticket: ticketIn(begun) })).toEqual({
      outcome: 'done',
      drives: host.drives.map((serial) => ({
        serial,
        method,
        isVerified: true,
        evidence: 'its task ended well; no operation and no volume is left on it',
      })),
    });
    expect(holdData(host)).toBe(0);
  });

  it('proves all but the drive that reports success and still holds what was on it', async () => {
    const host = await aUsedHost(profile);
    stand.fleet.setFault(host.serial, { kind: 'erase-lies', drive: host.drives[2] ?? '' });
    const begun = await stand.redfish.eraseDrives(host, {});
    await stand.time.pass(takes.erase);
    const answer = await stand.redfish.eraseDrives(host, { ticket: ticketIn(begun) });
    expect(answer).toMatchObject({
      outcome: 'done',
      drives: [
        { isVerified: true },
        { isVerified: true },
        { serial: host.drives[2], isVerified: false, evidence: "the task says erased, but 'Volume 3' is still on it" },
        { isVerified: true },
      ],
    });
  });

  it('joins the erasures that run already when the ticket was lost', async () => {
    const host = await aUsedHost(profile);
    await stand.redfish.eraseDrives(host, {});
    await stand.time.pass(30);
    const again = await stand.redfish.eraseDrives(host, {});
    await stand.time.pass(takes.erase);
    expect(await stand.redfish.eraseDrives(host, { ticket: ticketIn(again) })).toMatchObject({ outcome: 'done' });
    expect(erasesAsked(host)).toHaveLength(4);
    expect(stand.lab.effects.repeated()).toEqual([]);
  });
});

describe('erasing drives in trouble', () => {
  it('carries on after a drive whose erasure was begun but never answered', async () => {
    const host = await aUsedHost('hpe-ilo6');
    stand.lab.faults.set({
      system: 'bmc',
      method: 'POST',
      path: `${host.serial}/.*SecureErase$`,
      after: 1,
      fault: { kind: 'lost-answer' },
    });
    await expect(stand.redfish.eraseDrives(host, {})).rejects.toMatchObject({ failure: 'unknownOutcome' });
    const again = await stand.redfish.eraseDrives(host, {});
    await stand.time.pass(takes.erase);
    expect(await stand.redfish.eraseDrives(host, { ticket: ticketIn(again) })).toMatchObject({ outcome: 'done' });
    expect(erasesAsked(host)).toHaveLength(4);
  });

  it('does not erase again what was erased since the host last started, the host being off', async () => {
    const host = await aUsedHost('supermicro');
    await stand.redfish.setPower(host, { action: 'on' });
    await stand.time.pass(300);
    await stand.redfish.setPower(host, { action: 'off' });
    await stand.redfish.eraseDrives(host, {});
    await stand.time.pass(takes.erase);
    const again = await stand.redfish.eraseDrives(host, {});
    expect(await stand.redfish.eraseDrives(host, { ticket: ticketIn(again) })).toMatchObject({ outcome: 'done' });
    expect(erasesAsked(host)).toHaveLength(4);
  });

  it('erases again, of drives that were erased while the host is off, the one that still holds something', async () => {
    const host = await aUsedHost('supermicro');
    await stand.redfish.setPower(host, { action: 'on' });
    await stand.time.pass(300);
    await stand.redfish.setPower(host, { action: 'off' });
    stand.fleet.setFault(host.serial, { kind: 'erase-lies', drive: host.drives[2] ?? '' });
    await stand.redfish.eraseDrives(host, {});
    await stand.time.pass(takes.erase);
    stand.fleet.clearFaults(host.serial);
    const again = await stand.redfish.eraseDrives(host, {});
    await stand.time.pass(takes.erase);
    expect(await stand.redfish.eraseDrives(host, { ticket: ticketIn(again) })).toMatchObject({
      outcome: 'done',
      drives: host.drives.map((serial) => ({ serial, isVerified: true })),
    });
    expect([erasesAsked(host).length, holdData(host)]).toEqual([5, 0]);
  });

  it('erases again once the host has been started since, for then something may have been written', async () => {
    const host = await aUsedHost('supermicro');
    await stand.redfish.eraseDrives(host, {});
    await stand.time.pass(takes.erase);
    await stand.redfish.setPower(host, { action: 'on' });
    await stand.time.pass(300);
    stand.fleet.installSystem(host.serial);
    await stand.redfish.setPower(host, { action: 'off' });
    await stand.redfish.eraseDrives(host, {});
    expect(erasesAsked(host)).toHaveLength(8);
  });

  it('does not prove a drive whose task the BMC has forgotten', async () => {
    const host = await aUsedHost('hpe-ilo6');
    let answer = await stand.redfish.eraseDrives(host, {});
    await stand.time.pass(takes.erase);
    stand.fleet.record(host.serial)!.tasks = [];
    for (let asked = 0; answer.outcome === 'pending' && asked < 20; asked++)
      answer = await stand.redfish.eraseDrives(host, { ticket: answer.ticket });
    expect(answer).toMatchObject({
      outcome: 'done',
      drives: host.drives.map((serial) => ({
        serial,
        isVerified: false,
        evidence: expect.stringContaining('nothing says how it ended'),
      })),
    });
  });

  it('does not prove a drive in whose place another one is found afterwards', async () => {
    const host = await aUsedHost('supermicro');
    const begun = await stand.redfish.eraseDrives(host, {});
    await stand.time.pass(takes.erase);
    stand.fleet.plant(host.serial, { kind: 'wrong-serial', component: 'Bay 1', serial: 'SWAPPED' });
    expect(await stand.redfish.eraseDrives(host, { ticket: ticketIn(begun) })).toMatchObject({
      outcome: 'done',
      drives: [
        { isVerified: true },
        { serial: host.drives[1], isVerified: false, evidence: 'another drive is in its place: SWAPPED' },
        { isVerified: true },
        { isVerified: true },
      ],
    });
    stand.fleet.plant(host.serial);
  });

  it('names the method with which an erasure was begun by somebody else', async () => {
    const host = await aUsedHost('supermicro');
    await eraseByHand(host, 1, { SanitizationType: 'Overwrite' });
    await eraseByHand(host, 2, {});
    const joined = await stand.redfish.eraseDrives(host, {});
    await stand.time.pass(takes.erase);
    const answer = await stand.redfish.eraseDrives(host, { ticket: ticketIn(joined) });
    expect(answer).toMatchObject({
      outcome: 'done',
      drives: [
        { method: 'CryptographicErase' },
        { method: 'Overwrite', isVerified: true },
        { method: 'SecureErase', isVerified: true },
        { method: 'CryptographicErase' },
      ],
    });
    expect(erasesAsked(host)).toHaveLength(4);
  });

  it('claims no method for an erasure that runs and whose task does not say how it was begun', async () => {
    const host = await aUsedHost('supermicro', { taskWithoutPayload: true });
    await stand.redfish.eraseDrives(host, {});
    await stand.time.pass(30);
    const joined = await stand.redfish.eraseDrives(host, {});
    await stand.time.pass(takes.erase);
    expect(await stand.redfish.eraseDrives(host, { ticket: ticketIn(joined) })).toMatchObject({
      outcome: 'done',
      drives: host.drives.map((serial) => ({ serial, method: 'SecureErase', isVerified: true })),
    });
  });

  it('touches no drive when one of them cannot be erased this way', async () => {
    const host = await aUsedHost('lenovo-xcc');
    expect(await stand.redfish.eraseDrives(host, {})).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('Drive Bay 0'),
    });
    expect(erasesAsked(host)).toEqual([]);
  });

  it('does not certify a machine whose drives it cannot see', async () => {
    const bmc = await stand.plugIn(aServer('dell-idrac9', { serial: 'ERASE-DISKLESS', drives: [] }));
    expect(await stand.redfish.eraseDrives(bmc, {})).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('shows no drive'),
    });
  });
});
