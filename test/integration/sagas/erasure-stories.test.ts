import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decommissionServer } from '../../../orchestrations/decommissioning/decommission-server.saga.ts';
import { fulfillOrder } from '../../../orchestrations/orders/fulfill-order.saga.ts';
import { assetsOfOrder, getAsset, type Asset } from '../../../shared/domain/assets/assets.db.ts';
import { getDecommission } from '../../../shared/domain/decommissions/decommissions.db.ts';
import { erasuresOf } from '../../../shared/domain/erasure/erasure.db.ts';
import { getOrder } from '../../../shared/domain/orders/orders.db.ts';
import { proofsOf } from '../../../shared/domain/proofs/proofs.db.ts';
import { findSaga, sagaFamily } from '../../../shared/domain/sagas/sagas.db.ts';
import { findingsOf, stateOf, waiveFinding } from '../../../shared/domain/validation/findings.db.ts';
import { DecommissionId, type OrderId, type ServerId } from '../../../shared/kernel/ids.ts';
import { liveProofs } from '../../../shared/lifecycle/proofs.ts';
import { decommission } from '../../kit/fault-stories.ts';
import { placeOrder } from '../../kit/orders.ts';
import { serverInService, serverInStock } from '../../kit/servers.ts';
import { aTestPlatform, type TestPlatform } from '../../kit/test-platform.ts';
import { stockConfig } from '../../simulators/shelf.ts';

let w: TestPlatform;
/** The power of the host whenever its BMC was told to erase. */
const powers: string[] = [];
beforeAll(async () => {
  w = await aTestPlatform();
  const { eraseDrives } = w.deps.bmc;
  Object.assign(w.deps.bmc, {
    eraseDrives: async (...call: Parameters<typeof eraseDrives>) => {
      powers.push(
        w.fleet.record((await getAsset(w.db, call[0].serverId as ServerId)).serial ?? '')?.host.power ?? 'gone',
      );
      return eraseDrives(...call);
    },
  });
});
beforeEach(() => {
  powers.length = 0;
  w.intercept(undefined);
});
afterAll(() => w.close());

const drivesOf = ({ serial }: Pick<Asset, 'serial'>) =>
  w.fleet.record(serial ?? '')?.hardware.drives.map((drive) => drive.serial) ?? [];
const holdData = ({ serial }: Pick<Asset, 'serial'>) =>
  Object.entries(w.fleet.record(serial ?? '')?.drives ?? {})
    .filter(([, { holdsData }]) => holdsData)
    .map(([drive]) => drive);
const hide = ({ serial }: Pick<Asset, 'serial'>, drive: string) =>
  w.fleet.setFault(serial ?? '', { kind: 'hides-drive', drive });
const eraseFindings = async (id: ServerId) => (await findingsOf(w.db, id)).filter(({ kind }) => kind === 'erase');
const isStuck = async (id: string) => (await findSaga(w.db, id))?.state === 'stuck';
/** A person has it tried again, and it is under way. */
async function retry(id: string): Promise<void> {
  await w.sagas.decide(id, { verb: 'retry', by: 'ops', reason: 'it was looked into' });
  await w.engine.runUntil(async () => !(await isStuck(id)));
}
const stuckOf = async (id: string) => (await sagaFamily(w.db, id)).find(({ state }) => state === 'stuck');

/** A tenant's server that holds data on every drive, at its end. */
async function aServersEnd(): Promise<{ asset: Asset; saga: string; decommissionId: DecommissionId }> {
  const asset = await getAsset(w.db, await serverInService(w, 'dc-nyc-01'));
  w.fleet.installSystem(asset.serial ?? '');
  const { key } = await decommission.begin(w, 'dc-nyc-01');
  const decommissionId = DecommissionId.parse(key);
  return {
    asset,
    saga: await w.start(decommissionServer, key, { decommissionId, serverId: asset.id }),
    decommissionId,
  };
}

describe('a server at its end', () => {
  it('is erased while it is off, and its certificate claims no method and no category that nobody named', async () => {
    const { asset, saga, decommissionId } = await aServersEnd();
    expect(w.fleet.record(asset.serial ?? '')?.host.power).toBe('On');
    await w.engine.runToEnd(saga);
    const { certificate } = await getDecommission(w.db, decommissionId);
    expect(certificate).toMatchObject({
      standard: 'NIST SP 800-88 Rev. 2',
      category: null,
      unverified: ['method', 'samples'],
      accountedFor: [],
      drives: drivesOf(asset).map((serial) => ({
        serial,
        method: 'not named',
        category: null,
        isVerified: true,
        knownFrom: ['bmc', 'validation-image', 'bmc-before', 'ship-notice'],
      })),
    });
    expect(new Set(powers)).toEqual(new Set(['Off']));
    expect(holdData(asset)).toEqual([]);
    expect(await erasuresOf(w.db, asset.id)).toMatchObject([{ isComplete: true, category: null }]);
  });

  it('is neither erased nor certified while its BMC hides a drive that the image has seen; it says which', async () => {
    const { asset, saga } = await aServersEnd();
    const [, hidden = ''] = drivesOf(asset);
    hide(asset, hidden);
    await w.engine.runUntil(() => isStuck(saga));
    expect((await findSaga(w.db, saga))?.held).toMatchObject({
      step: 'erase-server',
      reason: expect.stringContaining(
        `${hidden} (the management controller does not show it; the validation image and the management ` +
          'controller, earlier, and the ship notice named it)',
      ),
    });
    expect(holdData(asset)).toEqual(drivesOf(asset));
    expect(await eraseFindings(asset.id)).toMatchObject([
      {
        place: hidden,
        expected: 'erased',
        found: 'the management controller does not show it',
        severity: 'major',
        waiver: null,
      },
    ]);
    w.fleet.clearFaults(asset.serial ?? '');
    await retry(saga);
    await w.engine.runToEnd(saga);
    expect(holdData(asset)).toEqual([]);
    expect((await eraseFindings(asset.id)).map(stateOf)).toEqual(['resolved']);
  });

  it('is certified without a drive that was taken out, once somebody says where it went', async () => {
    const { asset, saga, decommissionId } = await aServersEnd();
    const [gone = '', ...rest] = drivesOf(asset);
    hide(asset, gone);
    await w.engine.runUntil(() => isStuck(saga));
    const [finding] = await eraseFindings(asset.id);
    await waiveFinding(w.db, w.deps.clock, asset, finding?.id ?? '', { by: 'ops', reason: 'shredded, batch 12' });
    await retry(saga);
    await w.engine.runToEnd(saga);
    const { certificate } = await getDecommission(w.db, decommissionId);
    expect(certificate?.drives.map(({ serial }) => serial)).toEqual(rest);
    expect(certificate?.accountedFor).toMatchObject([
      { serial: gone, evidence: expect.stringMatching(/^ops, .*: shredded, batch 12$/) },
    ]);
  });

  it('is stuck with the drive that says erased and is not, and erases it again when that is tried again', async () => {
    const { asset, saga } = await aServersEnd();
    const [liar = ''] = drivesOf(asset);
    w.fleet.setFault(asset.serial ?? '', { kind: 'erase-lies', drive: liar });
    await w.engine.runUntil(() => isStuck(saga));
    expect((await findSaga(w.db, saga))?.held?.reason).toMatch(
      new RegExp(
        `^no proof that these drives are erased: ${liar} \\(the task says erased, but '.*' is still on it\\)$`,
      ),
    );
    expect(holdData(asset)).toEqual([liar]);
    expect(await erasuresOf(w.db, asset.id)).toMatchObject([
      {
        isComplete: false,
        drives: drivesOf(asset).map((serial) => ({ serial, outcome: serial === liar ? 'not-erased' : 'erased' })),
      },
    ]);
    const [finding] = await eraseFindings(asset.id);
    expect(finding).toMatchObject({ place: liar, found: 'not proved to be erased' });
    // What the BMC shows has to be erased, whatever anybody says.
    await waiveFinding(w.db, w.deps.clock, asset, finding?.id ?? '', { by: 'ops', reason: 'it will be fine' });
    await retry(saga);
    await w.engine.runUntil(() => isStuck(saga));
    expect(holdData(asset)).toEqual([liar]);
    expect(w.lab.effects.repeated().map(({ key }) => key)).toContainEqual(expect.stringContaining(liar));
    await w.sagas.decide(saga, { verb: 'give-up', by: 'ops', reason: 'the drive is destroyed with the machine' });
    await w.engine.runToEnd(saga);
  });

  it('is not erased while its host does not go off', async () => {
    const { asset, saga } = await aServersEnd();
    w.fleet.setFault(asset.serial ?? '', { kind: 'reset-lost' });
    await w.engine.runUntil(() => isStuck(saga));
    expect((await findSaga(w.db, saga))?.held?.reason).toContain('the host does not go off');
    expect([powers, holdData(asset)]).toEqual([[], drivesOf(asset)]);
    w.fleet.clearFaults(asset.serial ?? '');
    await retry(saga);
    await w.engine.runToEnd(saga);
    expect(holdData(asset)).toEqual([]);
  });
});

describe('a server from the shelf', () => {
  const run = async (id: OrderId) => w.engine.runToEnd(await w.start(fulfillOrder, id, { orderId: id }));
  it('is not made ready while its BMC hides a drive that the validation image has seen', async () => {
    const asset = await getAsset(w.db, await serverInStock(w, 'dc-fra-01'));
    const before = await w.snapshot();
    const { id } = await placeOrder(w, { datacenter: 'dc-fra-01', config: stockConfig });
    let hidden = '';
    w.intercept(async (call, next) => {
      if (call.name === 'prove-erased') hide(asset, (hidden = drivesOf(asset)[1] ?? ''));
      return next();
    });
    await run(id);
    expect(await getOrder(w.db, id)).toMatchObject({
      state: 'failed',
      endedReason: expect.stringContaining(
        `no proof that these drives are erased: ${hidden} (the management controller does not show it`,
      ),
    });
    expect(await w.snapshot()).toEqual(before);
    expect(await liveProofs(w.db, asset.id)).not.toContain('erase-verified');
    w.fleet.clearFaults(asset.serial ?? '');
  });

  it('is proved to be erased by the method that its drives were told, and no further', async () => {
    const asset = await getAsset(w.db, await serverInStock(w, 'dc-lon-01'));
    const { id } = await placeOrder(w, { datacenter: 'dc-lon-01', config: stockConfig });
    await run(id);
    expect(await erasuresOf(w.db, asset.id)).toMatchObject([
      {
        isComplete: true,
        category: 'purge',
        unverified: ['encryption', 'samples'],
        drives: drivesOf(asset).map((serial) => ({ serial, method: 'CryptographicErase', category: 'purge' })),
      },
    ]);
  });

  it('is stuck when the drives that its burn-in wrote on cannot all be erased, and goes on when they can', async () => {
    const asset = await getAsset(w.db, await serverInStock(w, 'dc-sin-01'));
    const before = await w.snapshot();
    const { id } = await placeOrder(w, { datacenter: 'dc-sin-01', config: stockConfig });
    w.intercept(async (call, next) => {
      if (call.name !== 'apply-server-profile') return next();
      hide(asset, drivesOf(asset)[0] ?? '');
      return JSON.stringify({ outcome: 'refused', reason: 'no profile fits' });
    });
    const root = await w.start(fulfillOrder, id, { orderId: id });
    await w.engine.runUntil(async () => (await stuckOf(root)) !== undefined);
    const stuck = await stuckOf(root);
    expect(stuck?.held).toMatchObject({
      step: 'wipe-server',
      reason: expect.stringContaining(
        `no proof that these drives are erased: ${drivesOf(asset)[0]} (the management controller does not show it`,
      ),
    });
    w.fleet.clearFaults(asset.serial ?? '');
    powers.length = 0;
    await retry(stuck?.id ?? '');
    await w.engine.runToEnd(root);
    expect([new Set(powers), await w.snapshot()]).toEqual([new Set(['Off']), before]);
    expect(await assetsOfOrder(w.db, id)).toEqual([]);
  });

  it('whose drive was erased here before and is gone since is not erased without a word about that drive', async () => {
    const asset = await getAsset(w.db, await serverInStock(w, 'dc-sjc-01'));
    const { id } = await placeOrder(w, { datacenter: 'dc-sjc-01', config: stockConfig });
    w.intercept(async (call, next) =>
      call.name === 'begin-commissioning' ? JSON.stringify({ outcome: 'refused', reason: 'not today' }) : next(),
    );
    await run(id);
    w.intercept(undefined);
    const [replaced = ''] = drivesOf(asset);
    w.robots.nextMistake = () => [{ kind: 'wrong-serial', component: 'Bay 0', serial: 'NEW-DRIVE' }];
    const again = await placeOrder(w, { datacenter: 'dc-sjc-01', config: stockConfig });
    await run(again.id);
    expect(await getOrder(w.db, again.id)).toMatchObject({
      state: 'failed',
      endedReason: expect.stringContaining(
        `no proof that these drives are erased: ${replaced} (the management controller does not show it; ` +
          'an earlier erase report named it)',
      ),
    });
    expect(await proofsOf(w.db, asset.id)).toContainEqual(
      expect.objectContaining({
        kind: 'erase-verified',
        voided: expect.objectContaining({ reason: 'drive NEW-DRIVE was not there when it was proved' }),
      }),
    );
  });
});
