import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { LocalPlatform } from '../../../infra/local/platform.ts';
import { freePort } from '../../../infra/local/postgres.ts';
import type { ShipmentView } from '../../../shared/domain/receiving/shipments.api.ts';
import { readSettings } from '../../../shared/wiring/settings.ts';
import { PlatformClient } from '../../simulators/people/platform-client.ts';
import { openBrowser, skippedReason, type Browser, type WindowOptions } from './browser.ts';

const tenant = 'tenant-admin@acme.example';
const approver = 'approver@rackline.example';
const technician = 'technician@dc-fra-01.rackline.example';
const phone = { width: 360, height: 740, hasTouch: true } as const;
const suite = skippedReason === undefined ? describe : describe.skip;

/** The whole platform as `npm start` runs it, with nobody working in the lab but the people of this test. */
suite(`the portal before the real platform${skippedReason ? ` (skipped: ${skippedReason})` : ''}`, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-portal-'));
  let platform: LocalPlatform;
  let browser: Browser;
  beforeAll(async () => {
    const settings = readSettings({
      DATA_DIR: folder,
      PORT: String(await freePort()),
      LAB_PORT: String(await freePort()),
      LAB: 'on',
      LAB_SPEED: '2000',
      LAB_AUTOPILOT: 'off',
      LOG_LEVEL: 'warn',
    });
    platform = new LocalPlatform({
      settings,
      log: (line) => appendFileSync(path.join(folder, 'rackline.log'), `${line}\n`),
    });
    await platform.start();
    browser = await openBrowser(platform.url);
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Somebody's window after they have chosen who to be at the lab's identity provider. */
  async function signIn(as: string, at: string, options?: WindowOptions): Promise<Page> {
    const page = await browser.window(options);
    await page.goto(at);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: as }).click();
    await page.getByRole('banner').getByRole('status').filter({ hasText: 'Live' }).waitFor();
    return page;
  }

  /** Takes the task that stands first and works it off as the portal leads. */
  async function work(page: Page, title: RegExp, scan?: (page: Page) => Promise<void>): Promise<void> {
    await page.getByRole('main').getByRole('link', { name: title }).click();
    await page.getByRole('button', { name: 'Take this task' }).click();
    if (scan) {
      await page.getByRole('link', { name: 'Scan the machines' }).click();
      await scan(page);
      await page.getByRole('button', { name: 'Complete receiving' }).click();
    } else await page.getByRole('button', { name: 'It is done' }).click();
    await page.getByRole('button', { name: 'Yes, all done' }).click();
    await page.getByRole('heading', { name: 'Tasks' }).waitFor();
  }

  /** What is printed on the boxes. */
  async function labels(): Promise<ShipmentView['items']> {
    const client = new PlatformClient({ url: platform.url, issuer: platform.issuer, signIn: technician });
    return (await client.get<{ items: ShipmentView[] }>('/api/v1/shipments')).items.flatMap(({ items }) => items);
  }

  it('carries an order from tenant to approver, technician and back, live on every page', async () => {
    const mine = await signIn(tenant, '/orders/new');
    await mine.getByLabel('Datacenter or region').selectOption('datacenter:dc-fra-01');
    await mine.getByRole('button', { name: 'Order 1 server' }).click();
    const current = mine.getByRole('region', { name: 'Progress' }).locator('[aria-current=step]');
    await current.getByText('Approve the purchase').waitFor();
    await current.getByText('an approver').waitFor();
    // A mark that a reload would take away.
    await mine.locator('html').evaluate((html) => {
      html.dataset.sameDocument = 'yes';
    });

    const theirs = await signIn(approver, '/approvals');
    await theirs.getByRole('article').getByText(/^Dell/).waitFor();
    await theirs.getByRole('button', { name: 'Best offer' }).click();
    await theirs.getByRole('button', { name: 'Approve' }).click();
    await theirs.getByText('Nothing waits for a decision').waitFor();
    await current.getByText('Receive the goods').waitFor();
    await current.getByText('a technician in dc-fra-01').waitFor();

    const hers = await signIn(technician, '/tasks', phone);
    await work(hers, /^Receive/, async (page) => {
      for (const { serial, bmcMac, macs } of await labels()) {
        await page.getByLabel('Serial number').fill(serial);
        await page.getByLabel('MAC addresses').fill([bmcMac, ...macs].join(' '));
        await page.getByRole('button', { name: 'Record as good' }).click();
      }
    });
    await work(hers, /^Rack/);
    await work(hers, /^Cable/);

    await mine.getByRole('heading', { name: /Fulfilled/ }).waitFor();
    expect(await mine.locator('html').getAttribute('data-same-document')).toBe('yes');
    await mine.getByRole('table', { name: 'Servers of this order' }).getByRole('link').click();
    await mine.getByRole('button', { name: 'Show the credentials' }).click();
    await mine.getByText(/Hidden again in/).waitFor();
    expect(browser.complaints()).toEqual([]);
  });

  it('forgets who one was: after signing out the identity provider asks again', async () => {
    const page = await signIn('ops@rackline.example', '/sagas');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign out of Rackline?' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: approver }).waitFor();
  });
});
