// `npm run pictures`: takes the README's pictures of the portal anew, from the platform as `npm start` runs it.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LocalPlatform } from '../../../infra/local/platform.ts';
import { freePort } from '../../../infra/local/postgres.ts';
import type { OrderDetail } from '../../../shared/domain/orders/orders.api.ts';
import { readSettings } from '../../../shared/wiring/settings.ts';
import { until } from '../../kit/until.ts';
import { PlatformClient } from '../../simulators/people/platform-client.ts';
import { openBrowser, skippedReason } from './browser.ts';

const tenant = 'tenant-admin@acme.example';
const operator = 'ops@rackline.example';
const window = { width: 1280, height: 860 } as const;

if (skippedReason !== undefined) throw new Error(`No pictures: ${skippedReason}`);
const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-pictures-'));
const settings = readSettings({
  DATA_DIR: folder,
  PORT: String(await freePort()),
  LAB_PORT: String(await freePort()),
  LAB_SPEED: '1200',
  LOG_LEVEL: 'warn',
});
const platform = new LocalPlatform({ settings, log: () => {} });
await platform.start();
const browser = await openBrowser(platform.url);
try {
  const client = new PlatformClient({ url: platform.url, issuer: platform.issuer, signIn: tenant });
  const order = await client.post<{ id: string }>('/api/v1/orders', {
    datacenter: 'dc-nyc-01',
    lines: [
      {
        quantity: 2,
        config: { cpu: '2x Intel Xeon Gold 6530', ram: '512GB DDR5', storage: '4x 3.84TB NVMe', network: '2x 100GbE' },
      },
    ],
  });
  const servers = async () => (await client.get<OrderDetail>(`/api/v1/orders/${order.id}`)).servers;
  const inService = async () => (await servers()).find(({ state }) => state === 'IN_SERVICE');
  await until('a server of the order is in service', async () => (await inService()) !== undefined);
  await take(tenant, `/orders/${order.id}`, 'order');
  await take(operator, `/assets/${(await inService())?.id}`, 'server');
} finally {
  await browser.close();
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function take(as: string, at: string, name: string): Promise<void> {
  const page = await browser.window(window);
  await page.goto(at);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: as }).click();
  await page.getByRole('banner').getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
  await page.screenshot({ path: path.resolve('docs/pictures', `${name}.png`) });
  console.log(`docs/pictures/${name}.png`);
}
