import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LogReading } from '../../../../../shared/facts/telemetry.ts';
import type { BmcTarget } from '../../../../../shared/ports/bmc.ts';
import { bmcOperations } from '../../../../../shared/ports/bmc.ts';
import type { ProfileName } from '../../../../simulators/bmc/hardware.ts';
import { profiles } from '../../../../simulators/bmc/profiles/index.ts';
import { aServer, aStand, type Stand } from '../../../../simulators/bmc/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await aStand({ redfish: { lingerMilliseconds: 3_600_000 } });
});
afterAll(() => stand.close());

let made = 0;
async function aBmc(profile: ProfileName): Promise<BmcTarget & { serial: string }> {
  const serial = `LOG${++made}`;
  return { ...(await stand.plugIn(aServer(profile, { serial }))), serial };
}
const notes = ({ serial }: { serial: string }, count: number, word = 'entry') => {
  for (let number = 1; number <= count; number++) stand.fleet.note(serial, 'OK', `${word} ${number}`);
};
const since = (bmc: BmcTarget, { cursor }: LogReading) =>
  stand.redfish.readLog(bmc, cursor === undefined ? {} : { cursor });
const words = ({ entries }: LogReading) => entries.map(({ message }) => message);
const requestsTo = ({ serial }: { serial: string }) =>
  stand.requests.filter(({ path }) => path.startsWith(`/${serial}/`));
const clear = async (bmc: BmcTarget & { serial: string }) => {
  const { username, password } = stand.fleet.record(bmc.serial)!.hardware.factoryAccount;
  const home = stand.requests
    .map(({ path }) => new RegExp(`^/${bmc.serial}(/.*/LogServices/\\w+)/Entries$`).exec(path)?.[1])
    .find(Boolean);
  const answer = await fetch(`${bmc.address}${home}/Actions/LogService.ClearLog`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${username}:${password}`)}` },
  });
  expect(answer.status).toBe(204);
};

describe.each(Object.keys(profiles) as ProfileName[])('the log of a %s', (profile) => {
  it('gives the newest at first, then what is new, each once and in order', async () => {
    const bmc = await aBmc(profile);
    notes(bmc, 60);
    const first = await stand.redfish.readLog(bmc);
    expect(bmcOperations.readLog.output.parse(first)).toEqual(first);
    expect([words(first).length, words(first).at(-1), 'gap' in first]).toEqual([50, 'entry 60', false]);
    const nothing = await since(bmc, first);
    expect([nothing.entries, 'gap' in nothing]).toEqual([[], false]);
    stand.fleet.ail(bmc.serial, { kind: 'supply-without-input', supply: 1 });
    notes(bmc, 1, 'later');
    const next = await since(bmc, nothing);
    expect(words(next)).toEqual(['The power input for power supply 1 is lost.', 'later 1']);
    expect(next.entries[0]).toMatchObject({ severity: 'critical', at: new Date(stand.time.now()).toISOString() });
    expect((await since(bmc, next)).entries).toEqual([]);
  });

  it('says that it was cleared, and goes on', async () => {
    const bmc = await aBmc(profile);
    notes(bmc, 5);
    const before = await stand.redfish.readLog(bmc);
    await clear(bmc);
    notes(bmc, 1, 'after');
    const after = await since(bmc, before);
    expect([words(after), after.gap]).toEqual([['The log was cleared.', 'after 1'], 'cleared']);
    expect(await since(bmc, after)).toMatchObject({ entries: [] });
  });

  it('gives the newest of more than are read at once, and says so', async () => {
    const bmc = await aBmc(profile);
    notes(bmc, 3);
    const before = await stand.redfish.readLog(bmc);
    notes(bmc, 600, 'later');
    const after = await since(bmc, before);
    expect([after.entries.length, words(after).at(-1)]).toEqual([200, 'later 600']);
    expect(after.gap).toBe('too-many');
    expect(await since(bmc, after)).toMatchObject({ entries: [] });
  });
});

describe('a log', () => {
  it('that is empty begins with what comes next', async () => {
    const bmc = await aBmc('openbmc');
    const empty = await stand.redfish.readLog(bmc);
    expect(empty.entries).toEqual([]);
    notes(bmc, 1);
    const next = await since(bmc, empty);
    expect([words(next), next.gap]).toEqual([['entry 1'], undefined]);
  });

  it('that was written over while few were away says so', async () => {
    const bmc = await aBmc('openbmc');
    notes(bmc, 3);
    const before = await stand.redfish.readLog(bmc);
    notes(bmc, 199, 'later');
    stand.fleet.record(bmc.serial)!.log = stand.fleet.record(bmc.serial)!.log.slice(-150);
    expect(await since(bmc, before)).toMatchObject({ gap: 'overwritten' });
  });

  it('is followed by place: a clock that jumps back loses nothing', async () => {
    const bmc = await aBmc('supermicro');
    notes(bmc, 3);
    const before = await stand.redfish.readLog(bmc);
    notes(bmc, 2, 'later');
    const { log } = stand.fleet.record(bmc.serial)!;
    for (const entry of log.slice(-2)) entry.at = Date.parse('1970-01-01T00:05:00Z');
    const after = await since(bmc, before);
    expect([words(after), after.gap]).toEqual([['later 1', 'later 2'], undefined]);
    expect('at' in after.entries[0]!).toBe(false); // the BMC does not know the time
  });

  it('of a Dell tells of the machine, not of who logged in, ourselves among them', async () => {
    const bmc = await aBmc('dell-idrac9');
    notes(bmc, 1);
    for (let login = 0; login < 60; login++) await stand.redfish.canLogIn(bmc);
    expect(words(await stand.redfish.readLog(bmc))).toEqual(['entry 1']);
  });

  it("of a Dell gives the vendor's number and advice, read once from the BMC's own registry for all BMCs", async () => {
    const own = await aStand();
    for (const serial of ['ONE', 'OTHER']) {
      const bmc = await own.plugIn(aServer('dell-idrac9', { serial }));
      own.fleet.ail(serial, { kind: 'supply-without-input', supply: 2 });
      expect((await own.redfish.readLog(bmc)).entries).toMatchObject([
        { code: 'PSU0003', action: 'Make sure that the input power cable is plugged in.' },
      ]);
    }
    expect(own.requests.map(({ path }) => path).filter((path) => path.includes('/Registries'))).toEqual([
      '/ONE/redfish/v1/Registries',
      '/ONE/redfish/v1/Registries/Messages/Registry',
    ]);
    await own.close();
  });

  it('of an HPE gives class, code and advice as they stand there', async () => {
    const bmc = await aBmc('hpe-ilo6');
    stand.fleet.ail(bmc.serial, { kind: 'fan-stopped', fan: 1 });
    expect((await stand.redfish.readLog(bmc)).entries).toMatchObject([
      { code: '2.1', action: 'Replace the part that the entry names.' },
    ]);
  });

  it('is told without advice while the registry cannot be read', async () => {
    const own = await aStand();
    const bmc = await own.plugIn(aServer('dell-idrac9', { serial: 'NOREGISTRY' }));
    own.fleet.ail('NOREGISTRY', { kind: 'fan-stopped', fan: 1 });
    own.lab.faults.set({
      system: 'bmc',
      path: 'Registries',
      times: 1,
      fault: { kind: 'status', status: 503, body: {} },
    });
    const [entry] = (await own.redfish.readLog(bmc)).entries;
    expect([entry?.code, entry?.action]).toEqual(['FAN0001', undefined]);
    expect((await own.redfish.readLog(bmc)).entries[0]?.action).toBe('Remove and reinstall the fan.');
    await own.close();
  });

  it('that cannot be read is not taken for an empty one', async () => {
    const bmc = await aBmc('openbmc');
    notes(bmc, 1);
    const before = await stand.redfish.readLog(bmc);
    stand.lab.faults.set({
      system: 'bmc',
      path: `${bmc.serial}.*Entries$`,
      fault: { kind: 'status', status: 404, body: {} },
    });
    await expect(since(bmc, before)).rejects.toMatchObject({ failure: 'notFound' });
    expect(await since(bmc, before)).toMatchObject({ entries: [] });
  });

  it('is asked for links only, and for the entries that are new', async () => {
    const bmc = await aBmc('hpe-ilo6');
    notes(bmc, 100);
    const before = await stand.redfish.readLog(bmc);
    notes(bmc, 2, 'later');
    const asked = requestsTo(bmc).length;
    expect(words(await since(bmc, before))).toEqual(['later 1', 'later 2']);
    expect(requestsTo(bmc).length - asked).toBe(4); // the links, the two, and the one that is known
  });

  it('refuses a cursor that is none', async () => {
    await expect(
      stand.redfish.readLog(await aBmc('openbmc'), { cursor: Buffer.from('{"log":1}').toString('base64url') }),
    ).rejects.toMatchObject({ kind: 'invalid' });
  });
});
