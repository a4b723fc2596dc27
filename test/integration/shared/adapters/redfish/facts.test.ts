import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aServer, aStand, type Stand } from '../../../../simulators/bmc/stand.ts';
import { takes } from '../../../../simulators/bmc/timing.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await aStand();
});
afterAll(() => stand.close());

describe('what a BMC says of its machine', () => {
  it.each(['dell-idrac9', 'dell-idrac10', 'hpe-ilo6', 'supermicro', 'lenovo-xcc'] as const)(
    'is the machine that was built: %s',
    async (profile) => {
      const server = aServer(profile, { serial: `FACTS-${profile}` });
      const facts = await stand.redfish.readFacts(await stand.plugIn(server));
      expect(facts.identity).toMatchObject({
        manufacturer: server.manufacturer,
        model: server.model,
        serial: server.serial,
        uuid: server.uuid,
      });
      expect(facts.processors).toHaveLength(2);
      expect(facts.processors?.[0]).toMatchObject({ model: 'Intel Xeon Gold 6530', cores: 32, threads: 64 });
      expect(facts.memory).toMatchObject({ totalMiB: 512 * 1024 });
      expect(facts.memory?.modules.map((each) => each.serial)).toEqual(server.memory.map((each) => each.serial));
      expect(facts.drives?.map(({ serial, sizeBytes, media }) => ({ serial, sizeBytes, media }))).toEqual(
        server.drives.map(({ serial, sizeBytes, media }) => ({ serial, sizeBytes, media })),
      );
      expect(facts.networkPorts?.map(({ mac, isLinkUp }) => ({ mac, isLinkUp }))).toEqual(
        server.networkPorts.map(({ mac }) => ({ mac, isLinkUp: true })),
      );
      expect(facts.firmware?.map((each) => each.component)).toEqual(
        expect.arrayContaining(['bios', 'bmc', 'nic', 'storage']),
      );
    },
  );

  it('shows what is physically wrong with it', async () => {
    const server = aServer('dell-idrac9', { serial: 'FACTS-WRONG' });
    const bmc = await stand.plugIn(server);
    stand.fleet.plant(
      server.serial,
      { kind: 'missing-drive', name: 'Bay 1' },
      { kind: 'wrong-dimm', slot: 'A2', sizeMiB: 16384 },
      { kind: 'missing-dimm', slot: 'A3' },
      { kind: 'link-down', port: 'eno2' },
      { kind: 'wrong-serial', component: 'Bay 0', serial: 'SWAPPED' },
    );
    const facts = await stand.redfish.readFacts(bmc);
    expect(facts.drives?.map((each) => each.serial)).toEqual([
      'SWAPPED',
      server.drives[2]?.serial,
      server.drives[3]?.serial,
    ]);
    expect(facts.memory?.totalMiB).toBe((512 - 64 - 48) * 1024);
    expect(facts.networkPorts?.map((each) => each.isLinkUp)).toEqual([true, false]);
  });

  it('leaves out what a BMC does not list', async () => {
    const facts = await stand.redfish.readFacts(await stand.plugIn(aServer('openbmc', { serial: 'FACTS-OPENBMC' })));
    expect(facts.networkPorts).toBeUndefined();
  });

  it('is an error that names the resource when it cannot be read', async () => {
    const bmc = await stand.plugIn(aServer('supermicro', { serial: 'FACTS-GARBLED' }));
    stand.lab.faults.set({
      system: 'bmc',
      path: 'FACTS-GARBLED/.*/Memory',
      fault: { kind: 'garbled-answer' },
      times: 2,
    });
    await expect(stand.redfish.readFacts(bmc)).rejects.toMatchObject({
      failure: 'unexpectedAnswer',
      publicMessage: expect.stringContaining('/Memory'),
    });
  });

  it('waits for a BMC that is there but lists no system yet', async () => {
    const bmc = await stand.plugIn(aServer('supermicro', { serial: 'FACTS-EARLY' }));
    stand.lab.faults.set({
      system: 'bmc',
      path: 'FACTS-EARLY/redfish/v1/Systems/?$',
      times: 2,
      fault: { kind: 'status', status: 404, body: {} },
    });
    await expect(stand.redfish.readFacts(bmc)).rejects.toMatchObject({ failure: 'transient' });
  });

  it('names vendor and protocol version to whoever has no login', async () => {
    const bmc = await stand.plugIn(aServer('hpe-ilo6', { serial: 'FACTS-PROBE' }));
    expect(await stand.redfish.probe(bmc)).toMatchObject({ vendor: 'HPE', redfishVersion: '1.20.0' });
    expect(stand.requests.filter((each) => each.path.startsWith('/FACTS-PROBE/')).map((each) => each.method)).toEqual([
      'GET',
    ]);
  });
});

describe('health, power draw and inlet temperature', () => {
  it.each([
    ['older resources', 'supermicro'],
    ['newer resources', 'lenovo-xcc'],
    ['both', 'dell-idrac9'],
  ] as const)('are read from %s', async (_where, profile) => {
    const bmc = await stand.plugIn(aServer(profile, { serial: `HEALTH-${profile}` }));
    await stand.redfish.setPower(bmc, { action: 'on' });
    await stand.time.pass(takes.powerOn);
    expect(await stand.redfish.readHealth(bmc)).toEqual({ health: 'ok', powerWatts: 285, inletCelsius: 23 });
  });
});
