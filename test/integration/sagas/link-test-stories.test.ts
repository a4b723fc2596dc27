import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { validateServer } from '../../../orchestrations/discovery/validate-server.saga.ts';
import { getAsset } from '../../../shared/domain/assets/assets.db.ts';
import { timelineOf } from '../../../shared/domain/sagas/sagas.db.ts';
import { listTasks } from '../../../shared/domain/tasks/tasks.db.ts';
import { findingsOf, openFindings, stateOf, waiveFinding } from '../../../shared/domain/validation/findings.db.ts';
import { AppError } from '../../../shared/kernel/errors/app-error.ts';
import type { OrderId, ServerId } from '../../../shared/kernel/ids.ts';
import { SagaEnd } from '../../../shared/saga/wire.ts';
import { serverOnItsWay } from '../../kit/servers.ts';
import { aTestPlatform, type TestPlatform } from '../../kit/test-platform.ts';
import type { PhysicalFault } from '../../simulators/bmc/hardware.ts';
import { company } from '../../simulators/kit/company.ts';

interface Story {
  key: string;
  input: { orderId: OrderId; serverId: ServerId };
}

let w: TestPlatform;
let turn = 0;
let restore = () => {};
beforeAll(async () => {
  w = await aTestPlatform();
});
beforeEach(() => {
  restore();
  w.onWork = undefined;
  w.intercept(undefined);
  Object.assign(w.robots, { areAtWork: true, nextMistake: undefined, says: undefined });
});
afterAll(() => w.close());

async function aMachine(...faults: PhysicalFault[]): Promise<Story> {
  w.robots.nextMistake = () => faults;
  return serverOnItsWay(w, company.datacenters[turn++ % company.datacenters.length]?.id ?? '', 'discovered');
}
const lossy = (port = 'eno1'): PhysicalFault => ({ kind: 'lossy-link', port });
const begin = ({ key, input }: Story) => w.start(validateServer, key, input);
async function validate(story: Story): Promise<SagaEnd> {
  const { output } = await w.engine.runToEnd(await begin(story));
  return SagaEnd.parse(JSON.parse(output ?? 'null'));
}
const assetOf = ({ input }: Story) => getAsset(w.db, input.serverId);
const serialOf = async (story: Story) => (await assetOf(story)).serial ?? '';
const bootsOf = async (story: Story) => w.fleet.record(await serialOf(story))?.host.boots;
const findings = async ({ input }: Story) =>
  (await findingsOf(w.db, input.serverId)).filter(({ severity }) => severity === 'major');
const fixesOf = async ({ input }: Story) =>
  (await listTasks(w.db, { serverId: input.serverId, limit: 100 })).filter(({ kind }) => kind === 'fix');
const timeline = ({ key }: Story) => timelineOf(w.db, { sagaId: `validate-server-${key}`, limit: 1000 });
const instruction = async (story: Story) =>
  (await timeline(story)).filter(({ kind }) => kind === 'told').map(({ text }) => text);
/** How each link test ended, in their order; withdrawn ones in brackets. */
const tests = async ({ input }: Story): Promise<string[]> =>
  (
    await w.db.many(
      z.object({ state: z.string() }),
      "SELECT CASE WHEN withdrawn_at IS NULL THEN state ELSE '(' || state || ')' END AS state FROM " +
        'image_job WHERE server_id = $1 ORDER BY requested_at, id',
      [input.serverId],
    )
  ).map(({ state }) => state);
const again = 'not everything was measured: the validation image is started once more';

describe('the links of a machine', () => {
  it('that are sound are tested once, in the boot that measured it', async () => {
    const story = await aMachine();
    expect(await validate(story)).toMatchObject({ outcome: 'done', output: { attempts: 1 } });
    expect(await tests(story)).toEqual(['done']);
    expect([await bootsOf(story), await findings(story)]).toEqual([1, []]);
  });

  it.each([
    ['loses packets', 'eno1', 'LAN1', 'packets get lost and errors are counted'],
    ['counts errors', 'eno2', 'LAN2', 'errors are counted'],
  ])(
    'are put right where one %s, and tested again before it counts as validated',
    async (_what, port, place, found) => {
      const story = await aMachine(lossy(port));
      w.robots.says = ({ lines }) => ({
        answers: lines.map(({ id }) => ({ line: id, outcome: 'fixed' as const, note: 'the module was dirty' })),
      });
      const id = await begin(story);
      await w.engine.runUntil(async () => (await fixesOf(story)).length > 0);
      expect(await assetOf(story)).toMatchObject({ state: 'DISCOVERED', condition: 'waiting' });
      expect((await fixesOf(story))[0]?.lines).toEqual([
        expect.objectContaining({ place, found, hint: expect.stringContaining('exchange the module and the cable') }),
      ]);

      await w.engine.runToEnd(id);
      expect(await assetOf(story)).toMatchObject({ state: 'PHYSICAL_VALIDATED', condition: 'working' });
      expect(await tests(story)).toEqual(['failed', 'done']);
      expect(await findings(story)).toMatchObject([
        {
          kind: 'link',
          place,
          found,
          resolvedAt: expect.any(String),
          answer: { outcome: 'fixed', note: 'the module was dirty', by: 'robot' },
        },
      ]);
      expect(await findings(story)).toHaveLength(1);
    },
  );

  it('are looked at by whoever comes for a part: one visit for both', async () => {
    const story = await aMachine(lossy(), { kind: 'wrong-dimm', slot: 'A1', sizeMiB: 8192 });
    expect(await validate(story)).toMatchObject({ outcome: 'done', output: { attempts: 2 } });
    expect((await fixesOf(story)).map(({ lines }) => lines.map(({ place }) => place))).toEqual([['A1', 'LAN1']]);
  });

  it('are one finding where a cable is known to have no link', async () => {
    const story = await aMachine({ kind: 'link-down', port: 'eno2' });
    expect(await validate(story)).toMatchObject({ outcome: 'done' });
    expect(await findings(story)).toMatchObject([{ kind: 'cable', place: 'LAN2' }]);
    expect(await tests(story)).toEqual(['failed', 'done']);
  });

  it('may lose packets where operations say so: nobody has to come, and it is not tested again', async () => {
    const story = await aMachine(lossy());
    w.robots.areAtWork = false;
    const id = await begin(story);
    await w.engine.runUntil(async () => (await fixesOf(story)).length > 0);
    const [finding] = await findings(story);
    await waiveFinding(w.db, w.deps.clock, await assetOf(story), finding?.id ?? '', {
      by: 'ops@rackline.example',
      reason: 'the leaf is replaced tomorrow',
    });
    w.deps.relay.kick();
    await w.engine.runToEnd(id);
    expect(await assetOf(story)).toMatchObject({ state: 'PHYSICAL_VALIDATED', condition: 'working' });
    expect((await openFindings(w.db, story.input.serverId)).map(stateOf)).toEqual(['waived']);
    expect(await tests(story)).toEqual(['failed']);
  });

  it('that were waived are still so after another boot has tested them again', async () => {
    const story = await aMachine(lossy(), { kind: 'wrong-dimm', slot: 'A1', sizeMiB: 8192 });
    const id = await begin(story);
    await w.engine.runUntil(async () => (await fixesOf(story)).length > 0);
    const link = (await findings(story)).find(({ kind }) => kind === 'link');
    await waiveFinding(w.db, w.deps.clock, await assetOf(story), link?.id ?? '', {
      by: 'ops@rackline.example',
      reason: 'the leaf is replaced tomorrow',
    });
    w.intercept(async (call, go) => {
      if (call.name === 'boot-validation-image') w.fleet.plant(await serialOf(story), lossy());
      return go();
    });
    await w.engine.runToEnd(id);
    expect(await assetOf(story)).toMatchObject({ state: 'PHYSICAL_VALIDATED' });
    expect(await tests(story)).toEqual(['failed', 'failed']);
    expect((await openFindings(w.db, story.input.serverId)).map((each) => [each.kind, stateOf(each)])).toEqual([
      ['link', 'waived'],
    ]);
  });
});

describe('an image that does not test the links', () => {
  /** What it says of its work gets lost, in its first so many boots. */
  async function silentFor(boots: number, story: Story): Promise<void> {
    const serial = await serialOf(story);
    w.onWork = (progress) => ((w.fleet.record(serial)?.host.boots ?? 0) > boots ? progress : undefined);
  }

  it('is started once more, and nobody is sent', async () => {
    const story = await aMachine();
    await silentFor(1, story);
    expect(await validate(story)).toMatchObject({ outcome: 'done', output: { attempts: 1 } });
    expect([await instruction(story), await fixesOf(story), await bootsOf(story)]).toEqual([[again], [], 2]);
    expect(await tests(story)).toEqual(['(cancelled)', 'done']);
    expect(await findings(story)).toMatchObject([
      { kind: 'link', place: 'links', found: 'not tested', resolvedAt: expect.any(String) },
    ]);
  });

  it('because its server went off is not waited for', async () => {
    const story = await aMachine();
    let isFirst = true;
    w.intercept(async (call, go) => {
      const answer = await go();
      if (call.name === 'test-links' && isFirst) {
        isFirst = false;
        await w.fleet.unplug(await serialOf(story));
        await w.fleet.plugIn(await w.machineOf(await assetOf(story)));
      }
      return answer;
    });
    const began = w.time.now();
    expect(await validate(story)).toMatchObject({ outcome: 'done', output: { attempts: 1 } });
    expect(await instruction(story)).toEqual([again]);
    expect((w.time.now() - began) / 60_000).toBeLessThan(15);
  });

  it('again and again is a technician’s: then it is tested', async () => {
    const story = await aMachine();
    await silentFor(2, story);
    expect(await validate(story)).toMatchObject({ outcome: 'done', output: { attempts: 2 } });
    expect(
      (await fixesOf(story)).map(({ lines }) => lines.map(({ place, found, hint }) => [place, found, hint])),
    ).toEqual([
      [
        [
          'links',
          'not tested',
          expect.stringMatching(/has not tested the links within 15 minutes: look at the server's console/),
        ],
      ],
    ]);
    expect(await tests(story)).toEqual(['(cancelled)', '(cancelled)', 'done']);
  });

  it('is not blamed while nobody can reach its datacenter', async () => {
    const story = await aMachine();
    await silentFor(1, story);
    const bmc = w.deps.bmc as { -readonly [K in 'readPower']: TestPlatform['deps']['bmc'][K] };
    const real = bmc.readPower;
    restore = () => (bmc.readPower = real);
    let isAway = false;
    bmc.readPower = (...of) =>
      isAway
        ? Promise.reject(
            new AppError({
              code: 'edge-agent.not-fetched',
              kind: 'unavailable',
              publicMessage: 'No edge agent fetched it.',
            }),
          )
        : real(...of);
    const id = await begin(story);
    await w.engine.runUntil(async () =>
      (await timeline(story)).some(({ step, kind }) => step === 'test-links' && kind === 'waiting'),
    );
    isAway = true;
    const began = w.time.now();
    await w.engine.runUntil(() => Promise.resolve(w.time.now() - began > 3 * 3_600_000));
    expect([await instruction(story), await findings(story)]).toEqual([[], []]);
    isAway = false;
    await w.engine.runToEnd(id);
    expect(await assetOf(story)).toMatchObject({ state: 'PHYSICAL_VALIDATED' });
    expect(await instruction(story)).toEqual([again]);
  });

  it('whose order was called off by its datacenter is started once more at once', async () => {
    const story = await aMachine();
    let isFirst = true;
    w.intercept(async (call, go) => {
      if (call.name !== 'test-links' || !isFirst) return go();
      isFirst = false;
      const answer = await go();
      await w.db.run("UPDATE image_job SET state = 'expired', ended_at = requested_at WHERE server_id = $1", [
        story.input.serverId,
      ]);
      return answer;
    });
    expect(await validate(story)).toMatchObject({ outcome: 'done', output: { attempts: 1 } });
    expect(await instruction(story)).toEqual([again]);
  });
});

it('is called off with the saga that wants it', async () => {
  const story = await aMachine();
  w.onWork = () => undefined;
  const id = await begin(story);
  await w.engine.runUntil(async () =>
    (await timeline(story)).some(({ step, kind }) => step === 'test-links' && kind === 'waiting'),
  );
  await w.sagas.cancel(id, { by: 'ops@rackline.example', reason: 'ordered by mistake' });
  await w.engine.runToEnd(id);
  expect(await tests(story)).toEqual(['(cancelled)']);
  expect(w.fleet.record(await serialOf(story))?.host.power).toBe('Off');
});
