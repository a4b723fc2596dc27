import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { rotateBmcCredentials } from '../../../activities/provisioning/rotate-bmc-credentials.ts';
import { fulfillOrder } from '../../../orchestrations/orders/fulfill-order.saga.ts';
import { getAsset } from '../../../shared/domain/assets/assets.db.ts';
import { bmcOf, serviceSecret } from '../../../shared/domain/credentials/bmc-access.ts';
import { getOrder } from '../../../shared/domain/orders/orders.db.ts';
import { proofsOf } from '../../../shared/domain/proofs/proofs.db.ts';
import { jsonDigest } from '../../../shared/kernel/digest.ts';
import { SagaId, type OrderId, type ServerId } from '../../../shared/kernel/ids.ts';
import { derivedId } from '../../../shared/kernel/new-id.ts';
import { liveProofs } from '../../../shared/lifecycle/proofs.ts';
import type { StepContext } from '../../../shared/saga/step.ts';
import { placeOrder } from '../../kit/orders.ts';
import { serverInService, serverInStock } from '../../kit/servers.ts';
import { aTestPlatform, type TestPlatform } from '../../kit/test-platform.ts';
import { stockConfig } from '../../simulators/shelf.ts';

let w: TestPlatform;
beforeAll(async () => {
  w = await aTestPlatform();
});
beforeEach(() => w.intercept(undefined));
afterAll(() => w.close());

const run = async (id: OrderId) => w.engine.runToEnd(await w.start(fulfillOrder, id, { orderId: id }));
const orderFromStock = async (datacenter: string): Promise<{ orderId: OrderId; serverId: ServerId }> => {
  const serverId = await serverInStock(w, datacenter);
  const { id } = await placeOrder(w, { datacenter, config: stockConfig });
  await run(id);
  return { orderId: id, serverId };
};
/** Each kind with the reason why it no longer counts; null where it does. In the order in which they were proved. */
const kindsOf = async (id: ServerId) =>
  (await proofsOf(w.db, id)).reverse().map(({ kind, voided }) => [kind, voided && voided.reason]);
const evidenceOf = async (id: ServerId, kind: string) =>
  (await proofsOf(w.db, id)).find((proof) => proof.kind === kind)?.evidence;

const handedOver = 'the server is IN_SERVICE: handed-over';
const proofsOfAnOrder = (drives: string) => [
  ['validated', null],
  [drives, handedOver],
  ['credentials-rotated', handedOver],
  ['firmware-checked', handedOver],
  ['hardened', handedOver],
  ['burned-in', handedOver],
  ['profile-applied', handedOver],
  ['handed-over', null],
];

describe('a server that was bought', () => {
  it('is proved step by step by what was seen, and never called erased though nobody erased it', async () => {
    const id = await serverInService(w, 'dc-nyc-01');
    const asset = await getAsset(w.db, id);
    const drives = w.fleet.record(asset.serial ?? '')?.hardware.drives.map(({ serial }) => serial) ?? [];
    expect(await kindsOf(id)).toEqual(proofsOfAnOrder('factory-new'));
    expect(await evidenceOf(id, 'validated')).toMatchObject({
      serial: asset.serial,
      reportSha256: jsonDigest(asset.measured),
      drives,
      imageJobs: [{ kind: 'link-test', state: 'done' }],
    });
    expect(await evidenceOf(id, 'factory-new')).toMatchObject({
      orderId: asset.boughtFor,
      shipNoticeSha256: jsonDigest(asset.manifest),
      drives: drives.map((serial) => ({ serial, isInShipNotice: true })),
    });
    expect(await evidenceOf(id, 'firmware-checked')).toMatchObject({
      baselineFrom: expect.stringMatching(/^(oneview|openmanage)$/),
      components: expect.arrayContaining([
        expect.objectContaining({ component: 'bios', installed: expect.any(String), baseline: expect.any(String) }),
      ]),
    });
    expect(await evidenceOf(id, 'hardened')).toMatchObject({
      playbook: 'harden-server',
      serial: asset.serial,
      result: { hardening: { changed: 37 } },
    });
    expect(await evidenceOf(id, 'handed-over')).toMatchObject({ orderId: asset.orderId, tenantId: asset.tenantId });
  });

  it('has its password changed again after a tenant had it, once for each call', async () => {
    const id = await serverInService(w, 'dc-nyc-01');
    const before = await w.deps.secrets.read(serviceSecret(id));
    const rotate = () => rotateBmcCredentials.run({ serverId: id }, w.deps, aCall('rotate-bmc-credentials#1'));
    await rotate();
    const after = await w.deps.secrets.read(serviceSecret(id));
    expect(after?.password).not.toBe(before?.password);
    expect(await w.deps.bmc.canLogIn(bmcOf(await getAsset(w.db, id)))).toBe(true);
    expect(await liveProofs(w.db, id)).toContain('credentials-rotated');
    await rotate();
    expect((await w.deps.secrets.read(serviceSecret(id)))?.password).toBe(after?.password);
  });
});

/** A call of a step outside of a saga; every attempt derives the same ids. */
const aCall = (stepKey: string): StepContext<string> => ({
  sagaId: SagaId.parse('commission-server-again'),
  waitingSagaId: 'commission-server-again',
  stepKey,
  idempotencyKey: stepKey,
  at: w.time.now(),
  ticket: undefined,
  newId: (kind, ...parts) => derivedId(kind, 0, [stepKey, ...parts].join('/')),
  origin: { actor: 'test', sagaId: 'commission-server-again', stepKey },
});

describe('a server from the shelf', () => {
  it('has one row for each proof though every step was run twice', async () => {
    w.intercept(async (_call, next) => {
      await next();
      return next();
    });
    const { orderId, serverId } = await orderFromStock('dc-fra-01');
    expect(await getOrder(w.db, orderId)).toMatchObject({ state: 'fulfilled' });
    expect(await kindsOf(serverId)).toEqual(proofsOfAnOrder('erase-verified'));
  });

  it('says of its firmware, without a tool for its make, that it was read and compared with nothing', async () => {
    const { serverId } = await orderFromStock('dc-lon-01');
    expect(await evidenceOf(serverId, 'firmware-checked')).toMatchObject({
      baselineFrom: null,
      components: expect.arrayContaining([expect.objectContaining({ component: 'bios', baseline: null })]),
      unverified: ['bios', 'bmc', 'nic', 'storage'],
    });
    expect(await evidenceOf(serverId, 'profile-applied')).toMatchObject({ tool: null, profile: null });
  });

  it('keeps only that its drives are erased when its order is taken back, and says of the rest why', async () => {
    const serverId = await serverInStock(w, 'dc-sin-01');
    const { id } = await placeOrder(w, { datacenter: 'dc-sin-01', config: stockConfig });
    w.intercept(async (call, next) =>
      call.name === 'make-ready' ? JSON.stringify({ outcome: 'refused', reason: 'not today' }) : next(),
    );
    await run(id);
    expect(await kindsOf(serverId)).toEqual([
      ['validated', 'the validation is withdrawn'],
      ['erase-verified', 'proved anew by wipe-server'],
      ['credentials-rotated', 'the factory account is restored'],
      ['firmware-checked', 'the server is PHYSICAL_VALIDATED: commissioning-withdrawn'],
      ['hardened', 'the hardening is taken back'],
      ['burned-in', 'the burn-in is taken back'],
      ['profile-applied', 'the profile is removed'],
      ['erase-verified', null],
    ]);
  });
});
