import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { until } from '../../kit/until.ts';
import { skippedReason } from './browser.ts';
import { openPortal, type Portal } from './kit.ts';
const suite = skippedReason === undefined ? describe : describe.skip;

suite(`everybody in the portal${skippedReason ? ` (skipped: ${skippedReason})` : ''}`, () => {
  let portal: Portal;
  beforeAll(async () => {
    portal = await openPortal();
  });
  afterAll(() => portal.close());
  afterEach(() => expect(portal.complaints()).toEqual([]));

  // WCAG 2.2, 1.4.10 Reflow: 320 px is the narrowest a page has to fit.
  const phone = { width: 320, height: 640, hasTouch: true } as const;
  const isThere = (page: Page) =>
    until(
      `${page.url()} is all there`,
      async () => (await page.locator('main h1').count()) === 1 && (await page.locator('.skeleton').count()) === 0,
    );
  /** Wider than the screen, unnamed, or without its landmarks: what a page must not be. */
  const flaws = (page: Page) =>
    page.locator('html').evaluate((html): string[] => {
      const all = (selector: string) => [...html.querySelectorAll(selector)];
      const shown = (text: string, elements: (typeof html)[]) =>
        elements.map((element) => `${text}: ${element.outerHTML.slice(0, 120)}`);
      const ids = all('[id]').map(({ id }) => id);
      return [
        ...(html.scrollWidth > html.clientWidth ? [`${html.scrollWidth} px wide on ${html.clientWidth}`] : []),
        ...['main', 'header', 'h1']
          .filter((landmark) => all(landmark).length !== 1)
          .map((landmark) => `not one ${landmark}`),
        ...shown(
          'no label',
          all('input, select, textarea').filter(({ labels }) => labels.length === 0),
        ),
        ...shown(
          'no name',
          all('a, button, summary').filter(
            (control) => (control.textContent + (control.getAttribute('aria-label') ?? '')).trim() === '',
          ),
        ),
        ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `twice the id ${id}`),
      ];
    });

  it.each(['tenant-admin', 'ops', 'approver', 'technician', 'executive', 'auditor', 'nobody'])(
    'finds every page one is led to whole on a phone: %s',
    async (who) => {
      const page = await portal.open(who, '/', phone);
      await isThere(page);
      // Its text is hidden on a narrow screen; its name must not be.
      await page.getByRole('banner').getByRole('link', { name: 'Rackline', exact: true }).waitFor();
      const addresses = await page
        .getByRole('navigation', { name: 'Main' })
        .locator('a')
        .evaluateAll((links) => links.map((link) => String(link.getAttribute('href'))));
      const seen: Record<string, string[]> = {};
      for (const address of addresses) {
        await page.goto(address);
        await isThere(page);
        seen[address] = [
          ...(await flaws(page)),
          ...(await page.getByText('This is not yours to see').allTextContents()),
        ];
        const first = page.locator('main td a, main .task-link').first();
        if ((await first.count()) === 0) continue;
        await first.click();
        await page.locator('.page-parent').waitFor();
        await isThere(page);
        seen[page.url()] = await flaws(page);
      }
      expect(Object.entries(seen).filter(([, found]) => found.length > 0)).toEqual([]);
    },
  );

  it('signs in, is where one wanted to go, and signs out', async () => {
    const page = await portal.open(null, '/assets?state=READY');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Olga Operations' }).click();
    await page.getByRole('table', { name: 'Assets' }).waitFor();
    expect(await page.getByLabel('State').inputValue()).toBe('READY');
    await page.getByText('Lab: every vendor and machine is simulated.').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
  });

  it('is told why a sign-in did not work', async () => {
    const page = await portal.open(null, '/?problem=sign-in-failed');
    await page
      .getByRole('alert')
      .getByText('The sign-in was not completed, or took too long. Start it again.')
      .waitFor();
    expect(await page.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe('/auth/login?returnTo=%2F');
  });

  it('is asked to sign in again when the session has ended', async () => {
    const page = await portal.open('ops', '/orders');
    await page.getByRole('table', { name: 'Orders' }).waitFor();
    await page.context().clearCookies();
    await page.getByRole('link', { name: 'Shipments' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
  });

  it('can use the keyboard alone: skips to the content, hears headings, leaves a dialog where it began', async () => {
    const page = await portal.open('tenant-admin', '/orders');
    await page.getByRole('table', { name: 'Orders' }).waitFor();
    const focused = () => page.locator(':focus').textContent();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the content');
    await page.getByRole('link', { name: 'Servers' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'My servers' }).waitFor();
    expect(await focused()).toBe('My servers');
    await page.getByRole('row').filter({ hasText: 'In service' }).getByRole('link').first().click();
    const button = page.getByRole('button', { name: 'Request maintenance' });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused()).toBe('Request maintenance');
  });

  it('chooses a theme, and keeps it', async () => {
    const page = await portal.open('ops', '/orders', { colorScheme: 'light' });
    const ground = () =>
      page.locator('html').evaluate((html) => html.ownerDocument.defaultView.getComputedStyle(html).backgroundColor);
    await page.getByRole('button', { name: /^Theme: system/ }).click();
    await page.getByRole('button', { name: /^Theme: light/ }).click();
    expect(await ground()).toBe('rgb(14, 17, 19)');
    await page.reload();
    await page.getByRole('button', { name: /^Theme: dark/ }).waitFor();
    expect(await ground()).toBe('rgb(14, 17, 19)');
  });

  it('learns from an address that leads nowhere how to go on', async () => {
    const page = await portal.open('ops', '/nowhere');
    await page.getByText('There is nothing at this address').waitFor();
    await page.getByRole('link', { name: 'To the start' }).click();
    await page.getByRole('heading', { name: 'Sagas' }).waitFor();
  });

  it('sees whether what is shown is live, and catches up with what was missed', async () => {
    const page = await portal.open('ops', '/events');
    const status = page.getByRole('banner').getByRole('status');
    await status.filter({ hasText: 'Live' }).waitFor();
    portal.mock.setDown(true);
    await status.filter({ hasText: /Delayed|Offline/ }).waitFor();
    portal.mock.platform.emit(
      'health.alert_warning',
      'srv_1',
      { serverId: 'srv_1', what: 'fan 3', since: new Date().toISOString() },
      { at: Date.now() },
    );
    portal.mock.setDown(false);
    await status.filter({ hasText: 'Live' }).waitFor();
    await page.getByRole('table', { name: 'Live events' }).getByText('health.alert_warning').waitFor();
  });
});
