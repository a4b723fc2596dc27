import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { until } from '../../kit/until.ts';
import { skippedReason } from './browser.ts';
import { openPortal, type Portal } from './kit.ts';
const suite = skippedReason === undefined ? describe : describe.skip;

suite(`a tenant in the portal${skippedReason ? ` (skipped: ${skippedReason})` : ''}`, () => {
  let portal: Portal;
  beforeAll(async () => {
    portal = await openPortal();
  });
  afterAll(() => portal.close());
  afterEach(() => expect(portal.complaints()).toEqual([]));

  const fillOrder = async (page: Page, processors?: string) => {
    await page.getByLabel('Datacenter or region').selectOption('datacenter:dc-sin-01');
    await page.getByLabel('Quantity').fill('4');
    if (processors) await page.getByLabel('Processors').fill(processors);
  };
  const ordersOfFour = () => [...portal.mock.platform.orders.values()].filter(({ lines }) => lines[0]?.quantity === 4);

  it('orders servers, follows the order live and takes it back', async () => {
    const page = await portal.open('tenant-admin', '/orders');
    await page.getByRole('link', { name: 'New order' }).first().click();
    await page.getByRole('button', { name: 'Order 1 server' }).click();
    await page.getByText('Choose a datacenter or a region.').waitFor();
    await until(
      'the field that is wrong has the focus',
      async () => (await page.locator('select:focus').count()) === 1,
    );

    await fillOrder(page);
    await page.getByRole('button', { name: 'Order 4 servers' }).dblclick();
    const current = page.getByRole('region', { name: 'Progress' }).locator('[aria-current=step]');
    await current.getByText('Approve the purchase').waitFor();
    await current.getByText('an approver').waitFor();
    expect(ordersOfFour()).toHaveLength(1);

    await page.getByRole('button', { name: 'Cancel the order' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel this order?' });
    await dialog.getByRole('button', { name: 'Cancel the order' }).click();
    await dialog.getByText('Is needed.').waitFor();
    await dialog.getByLabel('Reason').fill('ordered the wrong ones');
    await dialog.getByRole('button', { name: 'Cancel the order' }).click();
    await page.getByText('The order is cancelled').waitFor();
    await page.getByText('tenant-admin@acme.example asked for it: ordered the wrong ones', { exact: true }).waitFor();
    await page.getByRole('listitem').filter({ hasText: 'Request quotes' }).getByText('Taken back').waitFor();
    expect(await page.getByRole('button', { name: 'Cancel the order' }).count()).toBe(0);
  });

  it('orders once though the answer was lost and the button hit again', async () => {
    const before = ordersOfFour().length;
    const page = await portal.open('tenant-admin', '/orders/new');
    await fillOrder(page, '2x fail-lost');
    await page.getByRole('button', { name: 'Order 4 servers' }).click();
    await page.getByRole('alert').getByText('The platform does not answer').waitFor();
    await page.getByRole('button', { name: 'Order 4 servers' }).click();
    await page.getByRole('heading', { name: /^Order ord_/ }).waitFor();
    expect(ordersOfFour()).toHaveLength(before + 1);
  });

  it('is told what went wrong in a sentence with an id to quote, and keeps what was entered', async () => {
    const page = await portal.open('tenant-admin', '/orders/new');
    await fillOrder(page, '2x fail-503');
    await page.getByRole('button', { name: 'Order 4 servers' }).click();
    const problem = page.getByRole('alert').filter({ hasText: 'Something this needs does not answer' });
    await problem.getByText('This fails on request (fail-503).').waitFor();
    await problem.getByRole('button', { name: 'Copy the trace id' }).waitFor();
    expect(await page.getByLabel('Processors').inputValue()).toBe('2x fail-503');
  });

  it('sees credentials when asking for them, for thirty seconds, and never in the address', async () => {
    const page = await portal.open('tenant-admin', '/servers');
    await page.clock.install();
    await page.getByRole('row').filter({ hasText: 'In service' }).getByRole('link').first().click();
    const credentials = page.getByRole('region', { name: 'Management credentials' });
    await credentials.getByRole('button', { name: 'Show the credentials' }).click();
    await credentials.getByText('correct-horse-battery-staple').waitFor();
    expect(page.url()).not.toContain('horse');
    await page.clock.fastForward(31_000);
    await credentials.getByRole('button', { name: 'Show the credentials' }).waitFor();
    expect(await page.content()).not.toContain('correct-horse-battery-staple');
  });

  it('decides whether a server of theirs may end, and learns why buttons are off meanwhile', async () => {
    const page = await portal.open('tenant-admin', '/servers');
    await page.getByRole('row').filter({ hasText: 'Decommission proposed' }).getByRole('link').first().click();
    const maintenance = page.getByRole('button', { name: 'Request maintenance' });
    expect(await maintenance.getAttribute('aria-disabled')).toBe('true');
    await page.getByText('Needs a server that is “In service”; this one is “Decommission proposed”.').waitFor();

    const proposal = page.getByRole('region', { name: 'Should this server end?' });
    await proposal.getByRole('button', { name: 'Still needed' }).click();
    await proposal.getByRole('button', { name: 'Reject' }).click();
    await page.getByRole('heading', { name: /In service/ }).waitFor();
    await until(
      'maintenance can be requested again',
      async () => (await maintenance.getAttribute('aria-disabled')) === null,
    );
  });

  it('asks for maintenance, and the server leaves service', async () => {
    const page = await portal.open('tenant-admin', '/servers');
    await page.getByRole('row').filter({ hasText: 'In service' }).getByRole('link').first().click();
    await page.getByRole('button', { name: 'Request maintenance' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What has to be done').fill('replace a fan');
    await dialog.getByRole('button', { name: 'Request maintenance' }).click();
    await page.getByRole('heading', { name: /Maintenance/ }).waitFor();
  });

  it('only looks on as a viewer, whichever address is typed', async () => {
    const page = await portal.open('tenant-viewer', '/orders');
    await page.getByRole('table', { name: 'Orders' }).waitFor();
    expect(await page.getByRole('link', { name: 'New order' }).count()).toBe(0);
    await page.goto('/orders/new');
    await page.getByText('Your role does not order servers').waitFor();
    await page.goto('/sagas');
    await page.getByText('This is not yours to see').first().waitFor();
    const theirs = [...portal.mock.platform.orders.values()].find(({ tenantId }) => tenantId === 'globex');
    await page.goto(`/orders/${theirs?.id}`);
    await page.getByText('There is no such thing').waitFor();
  });
});
