import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { handleReport } from '../../../functions/edge/edge-event.event.ts';
import { getAsset } from '../../../shared/domain/assets/assets.db.ts';
import { ensureDatacenter } from '../../../shared/domain/datacenters/datacenters.db.ts';
import { EdgeReport } from '../../../shared/domain/edge/edge.api.ts';
import { connect, type Database } from '../../../shared/kernel/database/database.ts';
import { DatacenterId, ServerId } from '../../../shared/kernel/ids.ts';
import { silentLog } from '../../../shared/kernel/log/log.ts';
import { newId } from '../../../shared/kernel/new-id.ts';
import { beginLife } from '../../../shared/lifecycle/apply.ts';
import type { Sagas } from '../../../shared/saga/client.ts';
import type { Deps } from '../../../shared/saga/deps.ts';
import { createTestDatabase, type TestDatabase } from '../../kit/database.ts';
import { usualConfig } from '../../kit/orders.ts';
import { company } from '../../simulators/kit/company.ts';

let database: TestDatabase;
let db: Database;
let id: ServerId;
const woken: string[] = [];
const [bmcMac, hostMac] = ['02:00:00:00:00:01', '02:00:00:00:00:02'];
const clock = { now: () => Date.UTC(2026, 0, 1) };
const handle = (message: object) =>
  handleReport(EdgeReport.parse(message), {
    db,
    clock,
    log: silentLog,
    sagas: { wake: async (saga: string) => void woken.push(saga) } as unknown as Sagas,
  } as unknown as Deps & { sagas: Sagas });
const lease = (more: object = {}) => ({
  kind: 'dhcp-lease',
  id: 'l',
  at: '2026-01-01T00:00:00Z',
  datacenter: 'dc-nyc-01',
  mac: bmcMac,
  address: '127.101.0.9',
  bmcUrl: 'http://127.101.0.9',
  ...more,
});
const report = (more: object = {}) => ({
  kind: 'inventory-report',
  id: 'r',
  at: '2026-01-01T00:00:00Z',
  datacenter: 'dc-nyc-01',
  serial: 'SN-1',
  facts: { source: 'validation-image', identity: { serial: 'SN-1' } },
  ...more,
});

beforeAll(async () => {
  database = await createTestDatabase();
  db = connect({ url: database.url });
  for (const datacenter of company.datacenters) await ensureDatacenter(db, datacenter);
  id = ServerId.parse(newId('server', clock.now()));
  await beginLife(
    db,
    clock,
    'found-on-shelf',
    { id, datacenterId: DatacenterId.parse('dc-nyc-01'), config: usualConfig, serial: 'SN-1', bmcMac, macs: [hostMac] },
    { actor: 'test' },
  );
  for (const [saga, ended] of [
    ['waiting', null],
    ['ended', '2026-01-01'],
  ]) {
    await db.run(
      'INSERT INTO saga (id, name, root_id, subject, server_id, input, state, started_at, updated_at, ' +
        "ended_at) VALUES ($1, 'discover-server', $1, $2, $2, '{}', 'waiting', now(), now(), $3)",
      [saga, id, ended],
    );
  }
});
beforeEach(async () => {
  woken.splice(0);
  await db.run('UPDATE asset SET bmc_address = NULL, measured = NULL');
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

it("notes where a server's BMC answers, and wakes the saga that waits for it, not one that has ended", async () => {
  await handle(lease({ mac: bmcMac.toUpperCase().replaceAll(':', '-') }));
  expect(await getAsset(db, id)).toMatchObject({ bmcAddress: 'http://127.101.0.9' });
  expect(woken).toEqual(['waiting']);
});

it('twice is the same as once', async () => {
  await handle(lease());
  const once = await getAsset(db, id);
  await handle(lease());
  expect(await getAsset(db, id)).toEqual(once);
});

it("does not take the host's own ports for its BMC", async () => {
  await handle(lease({ mac: hostMac }));
  expect((await getAsset(db, id)).bmcAddress).toBeNull();
});

it.each([
  ['a machine nobody knows', { mac: '02:99:99:99:99:99' }],
  ['a known machine in another datacenter', { datacenter: 'dc-fra-01' }],
])('notes nothing of %s', async (_what, more) => {
  await handle(lease(more));
  expect((await getAsset(db, id)).bmcAddress).toBeNull();
  expect(woken).toEqual([]);
});

it('keeps what the validation image measured, of the machine where it belongs', async () => {
  await handle(report({ datacenter: 'dc-fra-01' }));
  await handle(report({ serial: 'SN-2' }));
  expect((await getAsset(db, id)).measured).toBeNull();
  await handle(report());
  expect((await getAsset(db, id)).measured).toMatchObject({ source: 'validation-image' });
  expect(woken).toEqual(['waiting']);
});
