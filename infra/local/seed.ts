import { ensureDatacenter } from '../../shared/domain/datacenters/datacenters.db.ts';
import { ensureTenant } from '../../shared/domain/tenants/tenants.db.ts';
import { connect } from '../../shared/kernel/database/database.ts';
import { company, hasLoopbackNetwork, PlatformClient, PlatformProblem, shelfOf } from './lab.ts';

/** The lab's company as Rackline needs to know it: its tenants and datacenters. */
export async function seedCompany(databaseUrl: string): Promise<void> {
  const db = connect({ url: databaseUrl, maxConnections: 2 });
  try {
    for (const tenant of company.tenants) await ensureTenant(db, tenant);
    // Where 127.0.0.1 is the only loopback address, all simulated BMCs are there.
    for (const datacenter of company.datacenters)
      await ensureDatacenter(
        db,
        hasLoopbackNetwork ? datacenter : { ...datacenter, managementPrefixes: ['127.0.0.1/32'] },
      );
  } finally {
    await db.close();
  }
}

/** What stood on the company's shelves before: taken into stock through the API, once. */
export async function seedShelf(platform: { url: string; issuer: string }): Promise<void> {
  const ops = new PlatformClient({ ...platform, signIn: 'ops@rackline.example' });
  for (const { datacenter, serial, manufacturer, model, bmcMac, macs, config } of shelfOf(company)) {
    await ops
      .post('/api/v1/assets/adopt', { as: 'stock', datacenter, serial, manufacturer, model, bmcMac, macs, config })
      .catch((error: unknown) => {
        if (!(error instanceof PlatformProblem && error.code === 'asset.known')) throw error;
      });
  }
}
