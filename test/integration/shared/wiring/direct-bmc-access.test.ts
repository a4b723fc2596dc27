import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ensureDatacenter } from '../../../../shared/domain/datacenters/datacenters.db.ts';
import { connect, type Database } from '../../../../shared/kernel/database/database.ts';
import { silentLog } from '../../../../shared/kernel/log/log.ts';
import { SecretRef } from '../../../../shared/ports/secrets.ts';
import { readSettings } from '../../../../shared/wiring/settings.ts';
import { buildDeps } from '../../../../shared/wiring/wiring.ts';
import { createTestDatabase, type TestDatabase } from '../../../kit/database.ts';
import { companySimulators, settingsFor } from '../../../simulators/index.ts';
import { Lab } from '../../../simulators/kit/lab.ts';
import type { Simulator } from '../../../simulators/kit/simulator.ts';

let database: TestDatabase;
let db: Database;
let lab: Lab;
let built: Awaited<ReturnType<typeof buildDeps>>;
let unknown: Server;
const heard: string[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  db = connect({ url: database.url, maxConnections: 4 });
  lab = new Lab({ simulators: companySimulators as unknown as Simulator<never>[] });
  await lab.listen();
  built = await buildDeps(
    readSettings({ ...settingsFor(lab), DATABASE_URL: database.url, LAB: 'off', BMC_ACCESS: 'direct' }),
    { db, log: silentLog },
  );
  unknown = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(unknown, 'listening');
});
afterAll(async () => {
  unknown.close();
  await built.close();
  await lab.close();
  await database.drop();
});

const target = () => ({
  serverId: 'srv-1',
  datacenterId: 'dc-nyc-01',
  address: `http://127.0.0.1:${(unknown.address() as AddressInfo).port}`,
  secretRef: SecretRef.parse('bmc/X1/factory'),
});

it('does not log in to an address that an agent has reported outside every management network', async () => {
  await ensureDatacenter(db, {
    id: 'dc-nyc-01',
    name: 'New York',
    region: 'us-east',
    managementPrefixes: ['10.20.0.0/16'],
  });
  await expect(built.deps.bmc.readPower(target())).rejects.toMatchObject({
    publicMessage: expect.stringContaining('lies outside the networks'),
  });
  expect(heard).toEqual([]);
});

it('speaks to it once the network is one of management, without a restart', async () => {
  await ensureDatacenter(db, {
    id: 'dc-nyc-01',
    name: 'New York',
    region: 'us-east',
    managementPrefixes: ['127.0.0.0/8'],
  });
  await expect(built.deps.bmc.readPower(target())).rejects.toMatchObject({ failure: 'notFound' });
  expect(heard).toEqual(['GET /redfish/v1/']);
});
