import { afterEach, describe, expect, it } from '@jest/globals';
import { receiveInventory } from '../../../edge/image-jobs/receive.ts';
import type { Lease, ValidationReport } from '../../simulators/bmc/machine.ts';
import { aServer, aStand, type Stand } from '../../simulators/bmc/stand.ts';
import { takes } from '../../simulators/bmc/timing.ts';
import type { LabSnapshot } from '../../simulators/kit/lab.ts';

let stand: Stand;
afterEach(() => stand.close());

const untilValidated = takes.powerOn + takes.post + takes.networkBoot;
const isReachable = (address: string) =>
  fetch(`${address}/redfish/v1`).then(
    (answer) => answer.ok,
    () => false,
  );

describe('a server that is plugged in', () => {
  it('has its BMC ask for an address of its datacenter and answer there', async () => {
    const leases: Lease[] = [];
    stand = await aStand({ onLease: (lease) => void leases.push(lease) });
    const [frankfurt, york] = [
      aServer('dell-idrac9', { serial: 'A1' }),
      aServer('hpe-ilo6', { serial: 'A2', datacenter: 'dc-nyc-01', bmcMac: '02:00:00:00:00:02' }),
    ];
    const first = await stand.fleet.plugIn(frankfurt);
    const second = await stand.fleet.plugIn(york);
    expect(await isReachable(first)).toBe(false);
    await stand.time.pass(takes.bmcStart);
    expect(leases).toEqual([
      {
        datacenter: 'dc-fra-01',
        serial: 'A1',
        mac: frankfurt.bmcMac,
        address: '127.102.128.1',
        port: expect.any(Number),
        url: first,
      },
      {
        datacenter: 'dc-nyc-01',
        serial: 'A2',
        mac: '02:00:00:00:00:02',
        address: '127.101.128.1',
        port: expect.any(Number),
        url: second,
      },
    ]);
    expect(await Promise.all([first, second].map(isReachable))).toEqual([true, true]);
  });

  it('takes the address that is reserved for it', async () => {
    stand = await aStand({ reservedAddress: ({ mac }) => (mac === '02:00:00:00:00:01' ? '127.102.0.77' : undefined) });
    const bmc = await stand.plugIn(aServer('openbmc'));
    expect(new URL(bmc.address).hostname).toBe('127.102.0.77');
  });

  it('asks for its address again while nobody notes it', async () => {
    let asked = 0;
    stand = await aStand({
      onLease: () => {
        asked += 1;
        if (asked < 3) throw new Error('the platform is down');
      },
    });
    await stand.plugIn(aServer('supermicro'));
    await stand.time.pass(100);
    expect(asked).toBe(3);
  });

  it('gets a port of its own where there is only one loopback address', async () => {
    stand = await aStand({ ownAddresses: false });
    const addresses = await Promise.all(
      ['M1', 'M2'].map(async (serial) => (await stand.plugIn(aServer('supermicro', { serial }))).address),
    );
    expect(new Set(addresses).size).toBe(2);
    expect(addresses.map((address) => new URL(address).hostname)).toEqual(['127.0.0.1', '127.0.0.1']);
    expect(await Promise.all(addresses.map(isReachable))).toEqual([true, true]);
  });

  it('answers no more once it is unplugged, and is the same machine when it comes back', async () => {
    stand = await aStand();
    const server = aServer('hpe-ilo6');
    const bmc = await stand.plugIn(server);
    const { secretRef } = await stand.as(bmc, { username: 'rackline', password: 'abcDEF-123456' });
    await stand.redfish.ensureAccount(bmc, { secretRef, role: 'operator' });
    expect(stand.lab.holdings()).toEqual({
      bmc: { [server.serial]: { accounts: ['rackline (Operator)'], bootOverride: 'none', power: 'Off' } },
    });
    await stand.fleet.unplug(server.serial);
    expect(await isReachable(bmc.address)).toBe(false);
    expect(stand.lab.holdings()).toEqual({ bmc: {} });
    await stand.plugIn(server);
    expect((await stand.redfish.listAccounts(bmc)).map((each) => each.username)).toEqual(['Administrator', 'rackline']);
  });
});

describe('a lab that is started again', () => {
  it('has its BMCs at the same addresses, with what they knew, and goes on with what was under way', async () => {
    stand = await aStand();
    const server = aServer('dell-idrac9');
    const bmc = await stand.plugIn(server);
    await stand.redfish.bootOnceFromNetwork(bmc);
    await stand.redfish.setPower(bmc, { action: 'on' });
    await stand.time.pass(takes.powerOn + 10);
    const saved: LabSnapshot = JSON.parse(JSON.stringify(stand.lab.snapshot()));
    await stand.close();

    const reports: ValidationReport[] = [];
    // The connections kept from before are dead: a safe call is simply made again.
    stand = await aStand({
      saved,
      onValidationBoot: (report) => void reports.push(report),
      redfish: { http: { retries: 1 } },
    });
    await stand.safe.write(bmc.secretRef, server.factoryAccount);
    expect(await stand.redfish.readPower(bmc)).toBe('on');
    expect(await stand.redfish.readBootOverride(bmc)).toBe('network');
    await stand.time.pass(takes.bmcStart + untilValidated);
    expect(reports.map((each) => each.serial)).toEqual([server.serial]);
  });
});

describe('the validation image', () => {
  it('reports what the machine is made of and what its ports hear', async () => {
    const reports: ValidationReport[] = [];
    stand = await aStand({ onValidationBoot: (report) => void reports.push(report) });
    const server = aServer('dell-idrac9');
    const bmc = await stand.plugIn(server);
    stand.fleet.plant(
      server.serial,
      { kind: 'wrong-cable', localPort: 'eno2', switchName: 'leaf-9', switchPort: 'Ethernet9/9' },
      { kind: 'missing-drive', name: 'Bay 3' },
      { kind: 'wrong-serial', component: 'A1', serial: 'OTHER' },
    );
    await stand.redfish.bootOnceFromNetwork(bmc);
    await stand.redfish.setPower(bmc, { action: 'on' });
    await stand.time.pass(untilValidated);
    const [posted] = reports;
    expect(posted).toMatchObject({ datacenter: 'dc-fra-01', serial: server.serial });
    const report = receiveInventory(posted?.raw);
    expect(report).toMatchObject({ serial: server.serial, bootMac: server.networkPorts[0]?.mac });
    expect(report.facts).toMatchObject({
      source: 'validation-image',
      identity: { serial: server.serial, manufacturer: 'Dell Inc.' },
      memory: { totalMiB: 512 * 1024 },
    });
    expect(report.facts.neighbours).toEqual([
      { localPort: 'eno1', systemName: 'leaf-1', portId: 'Ethernet1/1' },
      { localPort: 'eno2', systemName: 'leaf-9', portId: 'Ethernet9/9' },
    ]);
    expect(report.facts.drives).toHaveLength(3);
    expect(report.facts.memory?.modules[0]?.serial).toBe('OTHER');
  });

  it('reports again while nobody takes the report', async () => {
    let tried = 0;
    stand = await aStand({
      onValidationBoot: () => {
        tried += 1;
        if (tried === 1) throw new Error('the platform is down');
      },
    });
    const bmc = await stand.plugIn(aServer('hpe-ilo6'));
    await stand.redfish.bootOnceFromNetwork(bmc);
    await stand.redfish.setPower(bmc, { action: 'on' });
    await stand.time.pass(untilValidated + takes.reportRetry);
    expect(tried).toBe(2);
  });

  it('does not start on a machine that was switched off during POST', async () => {
    let reported = 0;
    stand = await aStand({ onValidationBoot: () => void (reported += 1) });
    const bmc = await stand.plugIn(aServer('supermicro'));
    await stand.redfish.bootOnceFromNetwork(bmc);
    await stand.redfish.setPower(bmc, { action: 'on' });
    await stand.time.pass(takes.powerOn + 10);
    await stand.redfish.setPower(bmc, { action: 'off' });
    await stand.time.pass(untilValidated);
    expect(reported).toBe(0);
  });
});

describe('the ledger of effects', () => {
  it('counts an effect twice only if nothing came of the first before the second', async () => {
    stand = await aStand();
    const server = aServer('supermicro');
    const bmc = await stand.plugIn(server);
    const restartAndBoot = async () => {
      await stand.redfish.setPower(bmc, { action: 'restart' });
      await stand.time.pass(takes.powerOn + takes.post);
    };
    for (let time = 0; time < 3; time++) await restartAndBoot();
    expect(stand.lab.effects.repeated()).toEqual([]);
    await stand.redfish.setPower(bmc, { action: 'restart' });
    await stand.redfish.setPower(bmc, { action: 'restart' });
    expect(stand.lab.effects.repeated()).toMatchObject([
      { kind: 'power', key: `${server.serial}/restart@3`, times: 2 },
    ]);
  });

  it('tells an erasure of what was written anew from a second one of the same', async () => {
    stand = await aStand();
    const server = aServer('hpe-ilo6');
    const bmc = await stand.plugIn(server);
    const eraseAll = async () => {
      await stand.redfish.eraseDrives(bmc, {});
      await stand.time.pass(takes.erase);
    };
    stand.fleet.installSystem(server.serial);
    await eraseAll();
    stand.fleet.installSystem(server.serial);
    await eraseAll();
    expect(stand.lab.effects.repeated()).toEqual([]);
    await eraseAll();
    expect(stand.lab.effects.repeated()).toHaveLength(4);
  });
});

describe('a BMC', () => {
  const logIn = async (address: string, username: string, password: string) => {
    const answer = await fetch(`${address}/redfish/v1/SessionService/Sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ UserName: username, Password: password }),
    });
    return { status: answer.status, token: answer.headers.get('x-auth-token') ?? '' };
  };

  it('shows the service root to all, the rest within a session or by Basic, which a Dell logs each time', async () => {
    stand = await aStand();
    const server = aServer('dell-idrac9');
    const { address } = await stand.plugIn(server);
    const { username, password } = server.factoryAccount;
    const status = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(address + path, { headers })).status;
    expect(await status('/redfish/v1')).toBe(200);
    expect(await status('/redfish/v1/Systems')).toBe(401);
    expect(await status('/redfish/v1/Systems', { authorization: `Basic ${btoa(`${username}:wrong`)}` })).toBe(401);
    expect(await status('/redfish/v1/Systems', { authorization: `Basic ${btoa(`${username}:${password}`)}` })).toBe(
      200,
    );
    expect(stand.fleet.record(server.serial)?.log.filter((entry) => entry.isAudit)).toHaveLength(1);
    const { token } = await logIn(address, username, password);
    expect(await status('/redfish/v1/Systems', { 'x-auth-token': token })).toBe(200);
  });

  it('finds resources whatever the case and with a slash at the end', async () => {
    stand = await aStand();
    const server = aServer('hpe-ilo6');
    const { address } = await stand.plugIn(server);
    const { token } = await logIn(address, server.factoryAccount.username, server.factoryAccount.password);
    const answer = await fetch(`${address}/redfish/v1/systems/1/`, { headers: { 'x-auth-token': token } });
    expect(await answer.json()).toMatchObject({ '@odata.id': '/redfish/v1/Systems/1' });
  });

  it('forgets a session that was idle for too long', async () => {
    stand = await aStand();
    const server = aServer('hpe-ilo6');
    const { address } = await stand.plugIn(server);
    const { token } = await logIn(address, server.factoryAccount.username, server.factoryAccount.password);
    await stand.time.pass(31);
    expect((await fetch(`${address}/redfish/v1/Systems`, { headers: { 'x-auth-token': token } })).status).toBe(401);
  });

  it('does not answer while it restarts, and then does', async () => {
    stand = await aStand();
    const server = aServer('supermicro');
    const { address } = await stand.plugIn(server);
    const { token } = await logIn(address, server.factoryAccount.username, server.factoryAccount.password);
    const answer = await fetch(`${address}/redfish/v1/Managers/1/Actions/Manager.Reset`, {
      method: 'POST',
      headers: { 'x-auth-token': token, 'content-type': 'application/json' },
      body: '{"ResetType":"GracefulRestart"}',
    });
    expect(answer.status).toBe(204);
    expect(await isReachable(address)).toBe(false);
    await stand.time.pass(takes.bmcRestart);
    expect(await isReachable(address)).toBe(true);
  });

  it('can lie about the power, lose resets and be slow, one machine at a time', async () => {
    stand = await aStand();
    const [liar, honest] = [aServer('dell-idrac9', { serial: 'LIAR' }), aServer('dell-idrac9', { serial: 'HONEST' })];
    const [liarsBmc, honestBmc] = [await stand.plugIn(liar), await stand.plugIn(honest)];
    stand.fleet.setFault('LIAR', { kind: 'power-state-lies', state: 'On' });
    stand.fleet.setFault('LIAR', { kind: 'slow', milliseconds: 1 });
    expect([await stand.redfish.readPower(liarsBmc), await stand.redfish.readPower(honestBmc)]).toEqual(['on', 'off']);
    stand.fleet.clearFaults('LIAR');
    expect(await stand.redfish.readPower(liarsBmc)).toBe('off');
  });

  it('writes down what happened to it', async () => {
    stand = await aStand();
    const server = aServer('dell-idrac9');
    const bmc = await stand.plugIn(server);
    await stand.redfish.setPower(bmc, { action: 'on' });
    await stand.time.pass(takes.powerOn + takes.post);
    const { token } = await logIn(bmc.address, server.factoryAccount.username, server.factoryAccount.password);
    const log = await (
      await fetch(`${bmc.address}/redfish/v1/Managers/iDRAC.Embedded.1/LogServices/Sel/Entries?$expand=.`, {
        headers: { 'x-auth-token': token },
      })
    ).json();
    expect(log).toMatchObject({
      Members: [{ Message: 'No bootable device.' }, { Message: 'The server is starting.' }],
    });
  });
});
