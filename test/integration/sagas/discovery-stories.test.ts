import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { discoverServer } from '../../../orchestrations/discovery/discover-server.saga.ts';
import { validateServer } from '../../../orchestrations/discovery/validate-server.saga.ts';
import { getAsset, lockFreeStock } from '../../../shared/domain/assets/assets.db.ts';
import { bmcOf, factorySecret } from '../../../shared/domain/credentials/bmc-access.ts';
import { timelineOf } from '../../../shared/domain/sagas/sagas.db.ts';
import { listTasks, type Task } from '../../../shared/domain/tasks/tasks.db.ts';
import { findingsOf, openFindings, stateOf, waiveFinding } from '../../../shared/domain/validation/findings.db.ts';
import { AppError } from '../../../shared/kernel/errors/app-error.ts';
import { DatacenterId, type OrderId, type ServerId } from '../../../shared/kernel/ids.ts';
import { SagaEnd } from '../../../shared/saga/wire.ts';
import { serverOnItsWay } from '../../kit/servers.ts';
import { aTestPlatform, type TestPlatform } from '../../kit/test-platform.ts';
import { factoryAccount } from '../../simulators/bmc/hardware.ts';
import type { HostStep } from '../../simulators/bmc/host-steps.ts';
import { company } from '../../simulators/kit/company.ts';
import { rowsOf, type NetboxState } from '../../simulators/netbox/store.ts';

interface Story {
  key: string;
  input: { orderId: OrderId; serverId: ServerId };
}

let w: TestPlatform;
let turn = 0;
const restore: (() => void)[] = [];
beforeAll(async () => {
  w = await aTestPlatform();
});
beforeEach(() => {
  for (const undo of restore.splice(0).toReversed()) undo();
  w.onReport = undefined;
  w.intercept(undefined);
  w.lab.faults.clear();
  Object.assign(w.robots, {
    areAtWork: true,
    nextMistake: undefined,
    atInspection: undefined,
    says: undefined,
    leavesCablesLoose: false,
  });
});
afterAll(() => w.close());

const nextDatacenter = () => company.datacenters[turn++ % company.datacenters.length]?.id ?? '';
const begin = (to: 'cabled' | 'discovered') => serverOnItsWay(w, nextDatacenter(), to);
const assetOf = ({ input }: Story) => getAsset(w.db, input.serverId);
const recordOf = async (story: Story) => w.fleet.record((await assetOf(story)).serial ?? '');
const discover = (story: Story) => run(discoverServer, story);
const validate = (story: Story) => run(validateServer, story);
async function run(saga: typeof discoverServer | typeof validateServer, { key, input }: Story): Promise<SagaEnd> {
  const { output } = await w.engine.runToEnd(await w.start(saga, key, input));
  return SagaEnd.parse(JSON.parse(output ?? 'null'));
}
const tasksOf = async ({ input }: Story, ...kinds: string[]): Promise<Task[]> =>
  (await listTasks(w.db, { serverId: input.serverId, limit: 100 })).filter(({ kind }) => kinds.includes(kind));
/** The lines that the saga itself wrote: troubles and remedies. */
const toldIn = async (saga: string, { key }: Story): Promise<string[]> =>
  (await timelineOf(w.db, { sagaId: `${saga}-${key}`, limit: 1000 }))
    .filter(({ kind }) => kind === 'told')
    .map(({ text }) => text);
const minutesSince = async (saga: string, { key }: Story): Promise<number> => {
  const times = (await timelineOf(w.db, { sagaId: `${saga}-${key}`, limit: 1000 })).map(({ at }) => Date.parse(at));
  return Math.round((Math.max(...times) - Math.min(...times)) / 60_000);
};
/** Has the first call of a step be preceded by something. */
function before(step: string, act: () => Promise<unknown>): void {
  let isFirst = true;
  w.intercept(async (call, go) => {
    if (call.name === step && isFirst) {
      isFirst = false;
      await act();
    }
    return go();
  });
}
/**
 * Something happens before and after each of these calls to a controller. What is thrown is what the caller is
 * answered.
 */
function aroundCalls(
  operations: readonly ('readFacts' | 'readPower' | 'setPower' | 'bootOnceFromNetwork')[],
  { before: first, after: then }: Partial<Record<'before' | 'after', () => Promise<void>>>,
): void {
  const bmc = w.deps.bmc as { -readonly [K in (typeof operations)[number]]: (...of: unknown[]) => Promise<unknown> };
  for (const operation of operations) {
    const real = bmc[operation];
    bmc[operation] = async (...of) => {
      await first?.();
      const answer = await real(...of);
      await then?.();
      return answer;
    };
    restore.push(() => (bmc[operation] = real));
  }
}
/** The datacenter's agent, or the controller itself, answers this instead of doing it. */
const failing = (operation: 'readFacts' | 'bootOnceFromNetwork', error: AppError, while_: () => boolean) =>
  aroundCalls([operation], {
    before: async () => {
      if (while_()) throw error;
    },
  });
/** A machine does its next step now, and not once more when it would have been due. */
async function hostStep(serial: string, step: HostStep): Promise<void> {
  const { simulator } = w.fleet;
  const record = w.fleet.record(serial);
  if (record) record.host.epoch += 1;
  await simulator.jobs?.['host']?.({ serial, epoch: record?.host.epoch, step } as never, w.lab.context(simulator.name));
}
/** A machine in its self-test is through with it. */
async function endSelfTest(serial: string): Promise<void> {
  if (w.fleet.record(serial)?.host.power === 'PoweringOn') await hostStep(serial, 'powered');
  if (w.fleet.record(serial)?.host.stage === 'post') await hostStep(serial, 'booted');
}
const quarantined = {
  condition: 'quarantined',
  conditionDetail: expect.objectContaining({ reason: expect.any(String), tried: expect.any(Array) }),
};

describe('a BMC that asks for no address', () => {
  it('gets a technician after half an hour; meanwhile the asset says for whom it waits, and why', async () => {
    w.robots.leavesCablesLoose = true;
    const story = await begin('cabled');
    const id = await w.start(discoverServer, story.key, story.input);
    await w.engine.runUntil(async () => (await assetOf(story)).condition === 'waiting');
    const [task] = await tasksOf(story, 'inspect');
    expect(await assetOf(story)).toMatchObject({
      conditionDetail: {
        for: `a technician in ${(await assetOf(story)).datacenterId}`,
        reason: expect.stringContaining('no address for 30 minutes'),
        taskId: task?.id,
        sagaId: id,
      },
    });
    expect(task?.instructions).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Follow the management cable: it belongs from IPMI into \S+-mgmt, port Ethernet\d+/),
      ]),
    );

    await w.engine.runToEnd(id);
    expect(await assetOf(story)).toMatchObject({ state: 'DISCOVERED', condition: 'working' });
    expect(await toldIn('discover-server', story)).toEqual([
      expect.stringMatching(/no address for 30 minutes: a technician looks at it \(remedy 1\)/),
      expect.stringMatching(/^well again, after 1 remedy/),
    ]);
  });

  it('that asks while the technician is on the way has the task called off', async () => {
    w.robots.leavesCablesLoose = true;
    const story = await begin('cabled');
    const id = await w.start(discoverServer, story.key, story.input);
    w.robots.areAtWork = false;
    await w.engine.runUntil(async () => (await tasksOf(story, 'inspect')).length > 0);
    await w.fleet.plugIn(await w.machineOf(await assetOf(story)));
    await w.engine.runToEnd(id);
    expect(await assetOf(story)).toMatchObject({ state: 'DISCOVERED' });
    expect(await tasksOf(story, 'inspect')).toMatchObject([{ state: 'cancelled' }]);
  });

  it('and at which nobody looks is given up within its state’s eight hours, and goes to nobody else', async () => {
    w.robots.leavesCablesLoose = true;
    const story = await begin('cabled');
    w.robots.areAtWork = false;
    expect(await discover(story)).toMatchObject({
      outcome: 'failed',
      code: 'discovery.no-address',
      reason: 'the BMC of a server asks for no address; tried: a technician looks at it',
    });
    expect(await minutesSince('discover-server', story)).toBeLessThanOrEqual(8 * 60 + 1);
    expect(await assetOf(story)).toMatchObject({
      ...quarantined,
      conditionDetail: { tried: ['a technician looks at it: nobody came in time'] },
    });
  });
});

describe('a BMC that does not do what it should', () => {
  it('and does not answer at all is brought to life by a technician, after four minutes of asking', async () => {
    const story = await begin('cabled');
    before('identify-server', async () => w.fleet.unplug((await assetOf(story)).serial ?? ''));
    expect(await discover(story)).toMatchObject({ outcome: 'done' });
    expect(await toldIn('discover-server', story)).toEqual([
      expect.stringMatching(/^the BMC at \S+ does not answer .*: a technician looks at it \(remedy 1\)$/),
      expect.stringMatching(/^well again/),
    ]);
    expect(await tasksOf(story, 'inspect')).toMatchObject([{ state: 'done', completedBy: 'robot' }]);
  });

  it('and stays dead is given up, with what was tried', async () => {
    const story = await begin('cabled');
    before('identify-server', async () => w.fleet.unplug((await assetOf(story)).serial ?? ''));
    Object.assign(w.robots, { atInspection: async () => {}, says: () => ({ note: 'no light on it at all' }) });
    expect(await discover(story)).toMatchObject({
      outcome: 'failed',
      code: 'discovery.unreachable',
      reason: 'the BMC of a server does not answer; tried: a technician looks at it',
    });
    expect(await assetOf(story)).toMatchObject({
      state: 'CABLED',
      bmcAddress: expect.any(String),
      ...quarantined,
      conditionDetail: { tried: ['a technician looks at it: robot says “no light on it at all”'] },
    });
  });

  it('and hangs is restarted, without anybody having to come', async () => {
    const story = await begin('cabled');
    const { serial } = await assetOf(story);
    w.lab.faults.set({
      system: 'bmc',
      path: `^/${serial}/redfish/v1/Systems`,
      times: 100_000,
      fault: { kind: 'status', status: 503 },
    });
    w.intercept(async (call, go) => {
      const answer = await go();
      if (call.name === 'restart-bmc') w.lab.faults.clear();
      return answer;
    });
    expect(await discover(story)).toMatchObject({ outcome: 'done' });
    expect(await tasksOf(story, 'inspect')).toEqual([]);
    expect(await toldIn('discover-server', story)).toEqual([
      expect.stringMatching(/answers, but does not do what it is asked .*: its BMC is restarted \(remedy 1\)$/),
      'well again, after 1 remedy: its BMC is restarted',
    ]);
  });

  it('and refuses the login is not asked again before somebody has looked: accounts get locked', async () => {
    const story = await begin('cabled');
    const record = async () => (await recordOf(story))?.accounts ?? [];
    before('identify-server', async () => {
      for (const account of await record()) account.password = 'changed-by-somebody';
    });
    w.robots.atInspection = async ({ manufacturer }) => {
      for (const account of await record()) account.password = factoryAccount(manufacturer ?? '').password;
    };
    expect(await discover(story)).toMatchObject({ outcome: 'done' });
    const [task] = await tasksOf(story, 'inspect');
    expect(task?.title).toMatch(/^Reset the BMC login of/);
    const asked = await timelineOf(w.db, { sagaId: `discover-server-${story.key}`, limit: 1000 });
    expect(asked.filter(({ kind, step }) => kind === 'waiting' && step === 'identify-server')).toEqual([]);
  });

  it('and whose login nobody has put into the safe says so, and goes on when it is there', async () => {
    const story = await begin('cabled');
    const { manufacturer } = await assetOf(story);
    await w.deps.secrets.destroy(factorySecret(manufacturer));
    w.robots.atInspection = async () =>
      void (await w.deps.secrets.write(factorySecret(manufacturer), factoryAccount(manufacturer ?? ''), {
        createOnly: true,
      }));
    expect(await discover(story)).toMatchObject({ outcome: 'done' });
    expect((await tasksOf(story, 'inspect'))[0]?.instructions.join(' ')).toContain(factorySecret(manufacturer));
  });

  it('is not blamed for an agent that is away: it is waited for, and nobody is sent', async () => {
    const story = await begin('cabled');
    let isAway = true;
    failing(
      'readFacts',
      new AppError({ code: 'edge-agent.not-fetched', kind: 'unavailable', publicMessage: 'No edge agent fetched it.' }),
      () => isAway,
    );
    const id = await w.start(discoverServer, story.key, story.input);
    const began = w.time.now();
    await w.engine.runUntil(() => Promise.resolve(w.time.now() - began > 3 * 3_600_000));
    isAway = false;
    await w.engine.runToEnd(id);
    expect(await assetOf(story)).toMatchObject({ state: 'DISCOVERED' });
    expect(await toldIn('discover-server', story)).toEqual([]);
  });
});

describe('a machine with another serial number', () => {
  const swap = () =>
    (w.robots.nextMistake = () => [{ kind: 'wrong-serial' as const, component: 'system', serial: 'NOT-OURS' }]);

  it('is set apart until the right one stands in its place', async () => {
    swap();
    const story = await begin('cabled');
    const id = await w.start(discoverServer, story.key, story.input);
    await w.engine.runUntil(async () => (await tasksOf(story, 'identify')).length > 0);
    expect(await assetOf(story)).toMatchObject({
      state: 'POWERED_ON',
      condition: 'quarantined',
      conditionDetail: { expected: (await assetOf(story)).serial, found: 'NOT-OURS' },
    });
    expect(await openFindings(w.db, story.input.serverId)).toMatchObject([
      { kind: 'identity', severity: 'major', found: 'NOT-OURS' },
    ]);

    await w.engine.runToEnd(id);
    expect(await assetOf(story)).toMatchObject({ state: 'DISCOVERED', condition: 'working' });
    expect(await findingsOf(w.db, story.input.serverId)).toMatchObject([
      { kind: 'identity', resolvedAt: expect.any(String) },
    ]);
  });

  it('that stays is given up before anything is changed on it, and no order is given it', async () => {
    swap();
    w.robots.atInspection = async () => {};
    const story = await begin('cabled');
    const untouched = JSON.stringify((await recordOf(story))?.boot);
    expect(await discover(story)).toMatchObject({ outcome: 'failed', code: 'discovery.wrong-serial' });
    const asset = await assetOf(story);
    expect(asset).toMatchObject({ ...quarantined, conditionDetail: { reason: expect.stringContaining('NOT-OURS') } });
    expect(JSON.stringify((await recordOf(story))?.boot)).toBe(untouched);
    await w.db.run("UPDATE asset SET state = 'RECEIVED', order_id = NULL WHERE id = $1", [asset.id]);
    expect(
      (await w.db.transaction((tx) => lockFreeStock(tx, DatacenterId.parse(asset.datacenterId)))).map(({ id }) => id),
    ).not.toContain(asset.id);
  });

  it('that is one of ours is named with the place where it belongs', async () => {
    const other = await begin('cabled');
    const { serial } = await assetOf(other);
    w.robots.nextMistake = () => [{ kind: 'wrong-serial', component: 'system', serial: serial ?? '' }];
    const story = await begin('cabled');
    await discover(story);
    expect((await tasksOf(story, 'identify'))[0]?.instructions[0]).toMatch(
      new RegExp(`it is the server ${other.input.serverId}, which should stand in R\\d+, unit \\d+`),
    );
  });

  it('is found by the validation image too, though its BMC has the right one', async () => {
    const story = await begin('discovered');
    let isSwapped = true;
    w.onReport = (report) =>
      isSwapped
        ? { ...report, facts: { ...report.facts, identity: { ...report.facts.identity, serial: 'BOARD-OF-ANOTHER' } } }
        : report;
    const id = await w.start(validateServer, story.key, story.input);
    await w.engine.runUntil(async () => (await tasksOf(story, 'fix')).length > 0);
    expect(await assetOf(story)).toMatchObject({
      condition: 'quarantined',
      conditionDetail: { found: 'BOARD-OF-ANOTHER' },
    });
    isSwapped = false;
    await w.engine.runToEnd(id);
    expect(await assetOf(story)).toMatchObject({ state: 'PHYSICAL_VALIDATED', condition: 'working' });
  });
});

describe('a machine that does not run the validation image', () => {
  /** Its reports get lost until so many boots, or a technician, have come. */
  const silentFor = (boots: number) => {
    let reports = 0;
    w.onReport = (report) => (++reports > boots ? report : undefined);
  };
  const bootsOf = async (story: Story) => (await recordOf(story))?.host.boots;
  const [again, looked] = ['it is started again', 'a technician looks at it'];

  it.each([
    [1, [again]],
    [2, [again, again]],
    [3, [again, again, looked]],
  ])('for %i boots is helped, gently first: %j', async (boots, remedies) => {
    const story = await begin('discovered');
    silentFor(boots);
    expect(await validate(story)).toMatchObject({ outcome: 'done' });
    const instruction = await toldIn('validate-server', story);
    expect(instruction.slice(0, -1).map((text) => /: ([^:]+) \(remedy \d\)$/.exec(text)?.[1])).toEqual(remedies);
    expect(instruction[0]).toMatch(
      /^the validation image has not reported for 20 minutes after the server was started; its power is on/,
    );
    expect(await bootsOf(story)).toBe(boots + 1);
    expect(await assetOf(story)).toMatchObject({ state: 'PHYSICAL_VALIDATED', condition: 'working' });
  });

  it('ever is given up with all that was tried, and is off afterwards, with no boot override', async () => {
    const story = await begin('discovered');
    w.onReport = () => undefined;
    w.robots.says = () => ({ note: 'it stops at the boot menu' });
    expect(await validate(story)).toMatchObject({
      outcome: 'failed',
      code: 'discovery.silent',
      reason: `a server does not run the validation image; tried: ${[again, again, looked].join(', ')}`,
    });
    expect(await assetOf(story)).toMatchObject({
      ...quarantined,
      conditionDetail: { tried: [again, again, `${looked}: robot says “it stops at the boot menu”`] },
    });
    expect(await recordOf(story)).toMatchObject({ host: { power: 'Off' }, boot: { enabled: 'Disabled' } });
  });

  const starts = ['off', 'on'].flatMap((power) =>
    [1, 2, 3].flatMap((calls) => [1, 2, 3].map((before) => [power, calls, before] as const)),
  );
  it.each(starts)(
    'after a host died starting it, is started: it was %s, after %i calls to its BMC, its self-test before call %i',
    async (power, diesAfter, selfTestEndsBefore) => {
      const story = await begin('discovered');
      const asset = await assetOf(story);
      if (power === 'on') {
        await w.deps.bmc.setPower(bmcOf(asset), { action: 'on' });
        await endSelfTest(asset.serial ?? '');
      }
      let [host, calls] = [0, 0];
      aroundCalls(['readPower', 'setPower', 'bootOnceFromNetwork'], {
        before: async () => {
          if (++calls === selfTestEndsBefore && host === 2) await endSelfTest(asset.serial ?? '');
        },
        after: async () => {
          if (calls === diesAfter && host === 1) throw new Error('the host died');
        },
      });
      w.intercept(async (call, go) => {
        if (call.name !== 'boot-validation-image') return go();
        [host, calls] = [1, 0];
        await go().catch((error: unknown) => expect(error).toMatchObject({ message: 'the host died' }));
        [host, calls] = [2, 0];
        return go();
      });
      expect(await validate(story)).toMatchObject({ outcome: 'done' });
      expect(await toldIn('validate-server', story)).toEqual([]);
      expect(w.lab.effects.repeated()).toEqual([]);
    },
  );

  it('is not asked for again what it reported while a second host was still about to start it', async () => {
    const story = await begin('discovered');
    const { serial } = await assetOf(story);
    let runAgain: (() => Promise<unknown>) | undefined;
    let reads = 0;
    aroundCalls(['readPower'], {
      after: async () => {
        if (++reads !== 2) return;
        await runAgain?.(); // it was off for both; the other one is quicker
        await endSelfTest(serial ?? '');
        await hostStep(serial ?? '', 'image-up');
      },
    });
    w.intercept(async (call, go) => {
      if (call.name === 'boot-validation-image') runAgain = go;
      return go();
    });
    expect(await validate(story)).toMatchObject({ outcome: 'done' });
    expect(await toldIn('validate-server', story)).toEqual([]);
    expect(w.lab.effects.repeated()).toEqual([]);
  });

  it('because its BMC cannot boot from the network has that switched on by hand', async () => {
    const story = await begin('discovered');
    let isFixed = false;
    failing(
      'bootOnceFromNetwork',
      new AppError({ code: 'redfish.network-boot-missing', kind: 'conflict', publicMessage: 'It allows only Hdd.' }),
      () => !isFixed,
    );
    w.robots.atInspection = async () => void (isFixed = true);
    expect(await validate(story)).toMatchObject({ outcome: 'done' });
    expect((await tasksOf(story, 'inspect')).map(({ title }) => title)).toEqual([
      expect.stringMatching(/^Switch on network boot of/),
    ]);
  });

  it('and whose BMC has died meanwhile is switched off by hand when it is given up', async () => {
    const story = await begin('discovered');
    w.onReport = () => undefined;
    const { serial } = await assetOf(story);
    before('boot-validation-image', async () => w.fleet.unplug(serial ?? ''));
    w.robots.atInspection = async () => {};
    expect(await validate(story)).toMatchObject({ outcome: 'failed', code: 'discovery.unreachable' });
    expect(
      (await tasksOf(story, 'inspect')).map(({ title }) => title.replace(` ${serial}`, '').split(' in ')[0]),
    ).toEqual(expect.arrayContaining(['Bring the BMC to answer:', 'Switch off']));
    expect(await tasksOf(story, 'inspect')).toHaveLength(2);
  });
});

describe('what was measured', () => {
  it('in part only is measured once more before anybody is sent', async () => {
    const story = await begin('discovered');
    let reports = 0;
    w.onReport = (report) =>
      ++reports > 1
        ? report
        : {
            ...report,
            facts: { ...report.facts, memory: undefined, unread: [{ output: 'dmidecode', reason: 'it breaks off' }] },
          };
    const { facts } = await assetOf(story);
    if (facts) delete facts.memory;
    failing(
      'readFacts',
      new AppError({ code: 'redfish.conflict', kind: 'conflict', publicMessage: 'not now' }),
      () => reports === 1,
    );
    await w.db.run('UPDATE asset SET facts = $2 WHERE id = $1', [story.input.serverId, JSON.stringify(facts)]);
    expect(await validate(story)).toMatchObject({ outcome: 'done', output: { attempts: 1 } });
    expect(await tasksOf(story, 'fix')).toEqual([]);
    expect(await toldIn('validate-server', story)).toEqual([
      'not everything was measured: the validation image is started once more',
    ]);
    expect(
      (await findingsOf(w.db, story.input.serverId)).map(({ kind, place, resolvedAt }) => [
        kind,
        place,
        resolvedAt !== null,
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['measurement', 'memory', true],
        ['measurement', 'dmidecode', true],
      ]),
    );
  });

  it('and matches goes into NetBox: facts of both sources, ports by their names, cables as connected', async () => {
    const story = await begin('discovered');
    await validate(story);
    const netbox = w.lab.state<NetboxState>('netbox');
    const device = rowsOf(netbox, 'dcim/devices').find(
      (row) => row.custom_fields?.['rackline_id'] === story.input.serverId,
    );
    expect(device?.custom_fields?.['hardware_facts']).toMatchObject({
      'validation-image': {
        power: 'on',
        processors: expect.any(Array),
        neighbours: expect.any(Array),
        firmware: expect.arrayContaining([expect.objectContaining({ component: 'bmc' })]),
      },
    });
    expect(
      rowsOf(netbox, 'dcim/interfaces')
        .filter((port) => port['device'] === device?.id)
        .map((port) => [port['name'], port['description'] ?? '']),
    ).toEqual([
      ['LAN1', "eno1 in the machine's own system"],
      ['LAN2', "eno2 in the machine's own system"],
      ['IPMI', ''],
    ]);
    expect((await w.deps.dcim.readCables(story.input.serverId)).map(({ isConnected }) => isConnected)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
  });
});

describe('what is not as it should be', () => {
  const findings = async (story: Story) =>
    (await findingsOf(w.db, story.input.serverId)).filter(({ severity }) => severity === 'major');
  const mistake = async (of: NonNullable<TestPlatform['robots']['nextMistake']>) => {
    w.robots.nextMistake = of;
    return begin('discovered');
  };
  const wrongModule = () =>
    mistake((server) => [{ kind: 'wrong-dimm', slot: server.memory[0]?.slot ?? '', sizeMiB: 8192 }]);

  it('swapped cables are one finding and one line of a task; what the technician says stays with it', async () => {
    const story = await mistake(({ cables: [a, b] }) => [
      {
        kind: 'wrong-cable',
        localPort: a?.localPort ?? '',
        switchName: b?.switchName ?? '',
        switchPort: b?.switchPort ?? '',
      },
      {
        kind: 'wrong-cable',
        localPort: b?.localPort ?? '',
        switchName: a?.switchName ?? '',
        switchPort: a?.switchPort ?? '',
      },
    ]);
    w.robots.says = ({ lines }) => ({
      answers: lines.map(({ id }) => ({ line: id, outcome: 'fixed' as const, note: 'they were crossed' })),
    });
    expect(await validate(story)).toMatchObject({ outcome: 'done', output: { attempts: 2 } });
    const [task] = await tasksOf(story, 'fix');
    const [swapped] = await findings(story);
    expect(await findings(story)).toHaveLength(1);
    expect(swapped).toMatchObject({
      kind: 'cable',
      place: 'LAN1 and LAN2',
      found: 'these two cables are swapped',
      resolvedAt: expect.any(String),
      taskId: task?.id,
      instruction: expect.stringContaining('Exchange the two plugs'),
      answer: { outcome: 'fixed', note: 'they were crossed', by: 'robot' },
    });
    expect(task).toMatchObject({
      rackName: expect.any(String),
      rackUnit: expect.any(Number),
      lines: [{ id: swapped?.id, place: 'LAN1 and LAN2', hint: 'exchange the two plugs at the server, LAN1 and LAN2' }],
    });
  });

  it('a wrong memory module is named by its slot, with what the others have', async () => {
    const story = await wrongModule();
    expect(await validate(story)).toMatchObject({ outcome: 'done' });
    expect(await findings(story)).toMatchObject([
      {
        kind: 'memory',
        place: 'A1',
        resolvedAt: expect.any(String),
        hint: expect.stringContaining('replace it by a module of'),
      },
    ]);
  });

  it('is waived by operations while the task is open: nobody comes, the cable is not called connected', async () => {
    const story = await mistake(({ cables: [cable] }) => [
      {
        kind: 'wrong-cable',
        localPort: cable?.localPort ?? '',
        switchName: 'sw-of-somebody-else',
        switchPort: 'Ethernet9',
      },
    ]);
    w.robots.areAtWork = false;
    const id = await w.start(validateServer, story.key, story.input);
    await w.engine.runUntil(async () => (await tasksOf(story, 'fix')).length > 0);
    const [finding] = await findings(story);
    await waiveFinding(w.db, w.deps.clock, await assetOf(story), finding?.id ?? '', {
      by: 'ops@rackline.example',
      reason: 'the switch is replaced tomorrow',
    });
    w.deps.relay.kick();
    await w.engine.runToEnd(id);
    expect(await assetOf(story)).toMatchObject({ state: 'PHYSICAL_VALIDATED', condition: 'working' });
    expect(await tasksOf(story, 'fix')).toMatchObject([{ state: 'cancelled' }]);
    expect((await openFindings(w.db, story.input.serverId)).map(stateOf)).toEqual(['waived']);
    expect(
      (await w.deps.dcim.readCables(story.input.serverId))
        .filter(({ isConnected }) => !isConnected)
        .map(({ localPort }) => localPort),
    ).toEqual(['LAN1']);
  });

  it('and cannot be put right, as the technician says, ends the story at once', async () => {
    const story = await wrongModule();
    w.robots.says = ({ lines }) => ({
      answers: lines.map(({ id }) => ({ line: id, outcome: 'not-fixed' as const, note: 'no such module in stock' })),
    });
    expect(await validate(story)).toMatchObject({
      outcome: 'failed',
      code: 'validation.not-fixed',
      reason: 'a technician could not put right what differs from the order',
    });
    expect(await assetOf(story)).toMatchObject({
      ...quarantined,
      conditionDetail: { reason: expect.stringContaining('no such module in stock') },
    });
    expect(await findings(story)).toMatchObject([{ resolvedAt: null, answer: { outcome: 'not-fixed' } }]);
  });

  it('and stays so is given up after four attempts', async () => {
    const story = await wrongModule();
    const { serial } = await assetOf(story);
    const planted = w.fleet.record(serial ?? '')?.physicalFaults ?? [];
    w.intercept(async (_call, go) => {
      w.fleet.plant(serial ?? '', ...planted);
      return go();
    });
    expect(await validate(story)).toMatchObject({
      outcome: 'failed',
      code: 'validation.not-fixed',
      reason: 'the server still differs from its order after 4 attempts',
    });
    expect(await tasksOf(story, 'fix')).toHaveLength(3);
    expect(await findings(story)).toHaveLength(1);
  });

  it('is not decided by an inventory that is away for a while', async () => {
    const story = await begin('discovered');
    w.lab.faults.set({
      system: 'netbox',
      method: 'GET',
      path: 'interface-templates',
      times: 8,
      fault: { kind: 'status', status: 503 },
    });
    expect(await validate(story)).toMatchObject({ outcome: 'done' });
  });

  it('writes only events that are what their topics promise', async () => {
    const topics = await w.db.many(
      z.object({ type: z.string() }),
      "SELECT DISTINCT type FROM event_log WHERE type LIKE '%assets.f%' OR type LIKE '%quarantine%' ORDER BY type",
    );
    expect(topics.map(({ type }) => type)).toEqual([
      'com.rackline.assets.failed',
      'com.rackline.assets.finding_waived',
      'com.rackline.assets.findings_changed',
      'com.rackline.assets.quarantine_lifted',
    ]);
  });
});
