import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../../kit/until.ts';
import { skippedReason } from './browser.ts';
import { openPortal, type Portal } from './kit.ts';
const suite = skippedReason === undefined ? describe : describe.skip;

suite(
  `approvers, technicians and operators in the portal${skippedReason ? ` (skipped: ${skippedReason})` : ''}`,
  () => {
    let portal: Portal;
    beforeAll(async () => {
      portal = await openPortal();
    });
    afterAll(() => portal.close());
    afterEach(() => expect(portal.complaints()).toEqual([]));

    it('approves a purchase in two touches, and its tenant sees it without reloading', async () => {
      const { platform } = portal.mock;
      const isWaiting = () =>
        [...platform.approvals.values()].find(
          ({ kind, state, tenantId }) => kind === 'purchase' && state === 'open' && tenantId === 'acme',
        );
      await until('a purchase of acme waits for a decision', () => isWaiting() !== undefined);
      const { orderId, summary = '' } = isWaiting() ?? {};
      const tenant = await portal.open('tenant-admin', `/orders/${orderId}`);
      const current = tenant.getByRole('region', { name: 'Progress' }).locator('[aria-current=step]');
      await current.getByText('Approve the purchase').waitFor();

      const approver = await portal.open('approver', '/approvals');
      const card = approver.getByRole('article', { name: summary });
      await card.getByText(/^HPE/).waitFor();
      await card.getByText(/^Dell/).waitFor();
      await card.getByRole('button', { name: 'Approve' }).click();
      await card.getByText('Is needed.').waitFor();
      await card.getByRole('button', { name: 'Best offer' }).click();
      await card.getByRole('button', { name: 'Approve' }).click();
      await approver
        .getByRole('table', { name: 'Decided approvals' })
        .getByRole('row')
        .filter({ hasText: summary })
        .getByText('approver@rackline.example')
        .waitFor();
      await current.getByText(/Track the shipment|Receive the goods/).waitFor();
    });

    it('is asked to decide on nothing as somebody who only reads', async () => {
      const page = await portal.open('ops', '/approvals');
      await page.getByRole('heading', { name: 'Approvals' }).waitFor();
      await page.getByText('You see what waits for a decision; others decide.').waitFor();
      expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    });

    it('reads in an erase certificate what was done to each drive, and what nobody has verified', async () => {
      const { platform } = portal.mock;
      const ended = () =>
        [...platform.decommissions.values()].find(({ certificate }) => certificate !== null)?.certificate;
      await until('a server is erased', () => ended() !== undefined);
      const { serial, drives = [] } = ended() ?? {};
      const page = await portal.open('ops', '/decommissions');
      const card = page.getByRole('article', { name: `Decommission of ${serial}` });
      await card.getByText('by NIST SP 800-88 Rev. 2', { exact: false }).waitFor();
      await card
        .getByText('the method and that nothing is left (no samples were read back)', { exact: true })
        .waitFor();
      const rows = card.getByRole('table', { name: 'Erased drives' }).getByRole('row');
      expect(drives.length).toBeGreaterThan(0);
      for (const drive of drives)
        await rows.filter({ hasText: drive.serial }).getByText('not known: the method does not say').waitFor();
      expect(await card.getByText(/purge|clear/).count()).toBe(0);
    });

    it('receives a shipment on a phone with a scanner that types', async () => {
      const { platform } = portal.mock;
      const task = [...platform.tasks.values()].find(
        ({ kind, state, datacenterId }) => kind === 'receive' && state === 'open' && datacenterId === 'dc-fra-01',
      );
      const items = platform.items.filter(({ shipmentId }) => shipmentId === task?.shipmentId);
      const page = await portal.open('technician', '/tasks', { width: 360, height: 740, hasTouch: true });
      await page.getByRole('link', { name: task?.title ?? '' }).click();
      await page.getByRole('button', { name: 'Take this task' }).click();
      await page.getByRole('link', { name: 'Scan the machines' }).click();

      await page.getByLabel('Serial number').fill('NOTOURS1');
      await page.getByText("NOTOURS1 is not on this shipment's manifest.").waitFor();
      for (const [index, { serial, manifest }] of items.entries()) {
        await page.getByLabel('Serial number').fill(serial);
        await page.keyboard.press('Enter');
        for (const mac of [manifest.bmcMac, ...manifest.macs]) {
          await page.keyboard.insertText(mac.replaceAll(':', '').toUpperCase());
          await page.keyboard.press('Enter');
        }
        await page.getByText(`${manifest.macs.length + 1} of ${manifest.macs.length + 1} addresses scanned`).waitFor();
        await page.keyboard.press('Enter');
        await page.getByText(`${index + 1} of ${items.length} machines`).waitFor();
      }
      await page.getByText('Everything is here').waitFor();
      await page.getByRole('button', { name: 'Complete receiving' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Yes, all done' }).click();
      await page.getByRole('heading', { name: 'Tasks' }).waitFor();
      expect(items.map(({ state, receivedBy }) => `${state} by ${receivedBy}`)).toEqual(
        items.map(() => 'received by technician@dc-fra-01.rackline.example'),
      );
      await until('its servers are received', () =>
        items.every(({ serverId }) => platform.assets.get(serverId)?.state === 'RECEIVED'),
      );
    });

    it("takes a task, and a colleague's task stays theirs", async () => {
      const { platform } = portal.mock;
      const task = [...platform.tasks.values()].find(({ kind, state }) => kind === 'rack' && state === 'open');
      if (!task) throw new Error('The seed has no server to be racked.');
      const page = await portal.open('technician', `/tasks/${task.id}`);
      const take = page.getByRole('button', { name: 'Take this task' });
      await take.waitFor();
      Object.assign(task, {
        state: 'claimed',
        claimedBy: 'colleague@dc-fra-01.rackline.example',
        claimedById: 'colleague',
      });
      await take.click();
      await page.getByRole('alert').getByText('colleague@dc-fra-01.rackline.example is already at it.').waitFor();
      await page.reload();
      expect(await page.getByRole('button', { name: 'It is done' }).getAttribute('aria-disabled')).toBe('true');
      await page.getByText('colleague@dc-fra-01.rackline.example is at it.').waitFor();
    });

    it('gets a stuck story going: it stands first, says what it holds, and asks for the evidence', async () => {
      const page = await portal.open('ops', '/sagas');
      await page.getByRole('table', { name: 'Stuck sagas' }).getByRole('link', { name: 'Fulfill order' }).click();
      const note = page.locator('.note').filter({ hasText: 'is stuck at cancel purchase' });
      await note.getByRole('listitem').first().getByText('Place purchase', { exact: true }).waitFor();
      expect(await page.getByRole('button', { name: 'Cancel the saga' }).getAttribute('aria-disabled')).toBe('true');

      await note.getByRole('button', { name: 'Try the step again' }).click();
      await page.getByRole('dialog').getByLabel('Reason').fill('perhaps it works now');
      await page.getByRole('dialog').getByRole('button', { name: 'Try again' }).click();
      await page.getByText('It is tried again.').waitFor();
      await note.getByRole('button', { name: 'Go on without it' }).click();
      await page.getByRole('dialog').getByLabel('Reason').fill('the vendor cancelled it by telephone, case 4711');
      await page.getByRole('dialog').getByRole('button', { name: 'Go on without it' }).click();
      await page.getByText('is stuck at release inventory').waitFor();
      await page.getByRole('button', { name: 'Go on without it' }).click();
      await page.getByRole('dialog').getByLabel('Reason').fill('nothing was reserved');
      await page.getByRole('dialog').getByRole('button', { name: 'Go on without it' }).click();
      await page.getByRole('heading', { name: /Fulfill order\s*Cancelled/ }).waitFor();
    });

    it('finds an asset by filters that survive a reload and the way back', async () => {
      const page = await portal.open('ops', '/assets');
      await page.getByLabel('Condition').selectOption('quarantined');
      await page.waitForURL('**/assets?condition=quarantined');
      await page.reload();
      const rows = page.getByRole('table', { name: 'Assets' }).getByRole('row');
      await page.getByRole('table', { name: 'Assets' }).getByText('Quarantined').waitFor();
      expect(await rows.count()).toBe(2);
      await page.getByLabel('Search').fill('no such serial');
      await page.getByRole('link', { name: 'Clear the filters' }).click();
      expect(await page.getByLabel('Search').inputValue()).toBe('');

      await page.goto('/assets?condition=quarantined');
      await page.getByRole('table', { name: 'Assets' }).getByRole('link').first().click();
      await page.getByText('Quarantined: serial number').waitFor();
      await page.getByRole('table', { name: 'Ordered, reported and measured' }).waitFor();
      await page.goBack();
      await page.waitForURL('**/assets?condition=quarantined');
    });

    it('repairs a server with a phone: each line is answered by itself, also after the phone was locked', async () => {
      const { platform } = portal.mock;
      const task = [...platform.tasks.values()].find(({ kind, state }) => kind === 'fix' && state === 'open');
      if (!task) throw new Error('The seed has nothing to be put right.');
      const page = await portal.open('technician', `/tasks/${task.id}`, { width: 360, height: 740, hasTouch: true });
      expect(await page.getByRole('radio').count()).toBe(0);
      await page.getByRole('button', { name: 'Take this task' }).click();
      const done = page.getByRole('button', { name: 'It is done' });
      await page.getByText('Say for “NIC 1 and NIC 2” what became of it.').waitFor();
      await page.getByRole('group', { name: 'What became of NIC 1 and NIC 2?' }).getByText('Could not fix').click();
      await page.getByText('Say why “NIC 1 and NIC 2” could not be fixed.').waitFor();
      expect(await done.getAttribute('aria-disabled')).toBe('true');
      await page.getByLabel('Why not').fill('The plug is broken.');
      await page.reload();
      expect(await page.getByLabel('Why not').inputValue()).toBe('The plug is broken.');
      await done.click();
      await page.getByRole('dialog').getByText('1 could not fix').waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Yes, end it' }).click();
      await page.getByRole('heading', { name: 'Tasks' }).waitFor();

      const ops = await portal.open('ops', `/assets/${task.serverId}`);
      await ops.getByRole('region', { name: 'Findings' }).getByText('Could not fix: The plug is broken.').waitFor();
      await ops.goto(`/tasks/${task.id}`);
      await ops.getByRole('region', { name: 'To put right' }).getByText('The plug is broken.').waitFor();
    });

    it('lets a finding stand with a reason, and an auditor reads who and why but cannot', async () => {
      const [id = ''] = [...portal.mock.platform.findings].find(([, findings]) => findings.length > 1) ?? [];
      const auditor = await portal.open('auditor', `/assets/${id}`);
      const seen = auditor.getByRole('region', { name: 'Findings' });
      await seen.getByText('Drive: nvme3n1 (S6X0NG0T5)').waitFor();
      expect(await seen.getByRole('button').count()).toBe(0);

      const page = await portal.open('ops', `/assets/${id}`);
      const findings = page.getByRole('region', { name: 'Findings' });
      await findings.getByText('3 findings open').waitFor();
      await findings.getByRole('button', { name: 'Waive drive, nvme3n1 (S6X0NG0T5)' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Waive it' }).click();
      await page.getByText('Is needed.').waitFor();
      await page.getByRole('dialog').getByLabel('Reason').fill('a new drive is on its way, case 4712');
      await page.getByRole('dialog').getByRole('button', { name: 'Waive it' }).click();
      await findings.getByText('2 findings open').waitFor();
      await findings.getByText('3 findings settled').click();
      await findings.getByText('a new drive is on its way, case 4712').waitFor();
    });

    it('sees a server’s health: what is wrong first, then its controller’s log as far back as wanted', async () => {
      const [id = ''] = [...portal.mock.platform.bmcLogs.keys()];
      const page = await portal.open('ops', `/assets/${id}`, { width: 360, height: 740, hasTouch: true });
      const health = page.getByRole('region', { name: 'Health' });
      await health.getByText('340 W').waitFor();
      expect(
        await health.getByRole('table', { name: 'Sensors that are not well' }).getByRole('row').allTextContents(),
      ).toEqual([
        expect.stringContaining('Sensor'),
        expect.stringMatching(/Fan 4.*0 RPM.*Critical/),
        expect.stringMatching(/CPU 2.*81 °C.*Warning/),
      ]);
      await health.getByText('11 other sensors').click();
      await health.getByRole('table', { name: 'Sensors', exact: true }).getByText('PSU 1 input').waitFor();
      const log = page.getByRole('region', { name: 'Log of the management controller' });
      await log.getByText('Remove and reinstall the fan.').waitFor();
      await log.getByText('Entries are missing here: the log was cleared.').waitFor();
      expect(await log.getByText('(1).').count()).toBe(0);
      await log.getByRole('button', { name: 'Show older entries' }).click();
      await log.getByText('(1).').waitFor();
      expect(await page.locator('html').evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
    });

    it('sees since when a server says nothing, and of one that was never heard that it was not', async () => {
      const assets = [...portal.mock.platform.assets.values()];
      const lost = assets.find(({ id }) => portal.mock.platform.health.get(id)?.unreachableSince);
      const page = await portal.open('ops', `/assets/${lost?.id}`);
      await page.getByRole('region', { name: 'Health' }).getByText('Silent').first().waitFor();
      await page.getByRole('region', { name: 'Health' }).getByText('no answer in time').waitFor();
      await page
        .getByRole('region', { name: 'Log of the management controller' })
        .getByText('It has logged nothing that we have read.')
        .waitFor();
      await page.goto(`/assets/${assets.find(({ state }) => state === 'RECEIVED')?.id}`);
      await page.getByRole('region', { name: 'Health' }).getByText('has not been looked at yet').waitFor();
    });

    it('releases a server from quarantine with the evidence that it may be used again', async () => {
      const asset = [...portal.mock.platform.assets.values()].find(({ condition }) => condition === 'quarantined');
      const auditor = await portal.open('auditor', `/assets/${asset?.id}`);
      await auditor.getByText('Your role only looks on.').waitFor();
      const page = await portal.open('ops', `/assets/${asset?.id}`);
      await page.getByRole('button', { name: 'Release from quarantine' }).click();
      await page.getByRole('dialog').getByLabel('Reason').fill('the vendor had printed a wrong label');
      await page.getByRole('dialog').getByRole('button', { name: 'Release it' }).click();
      await page.getByText('The server is released.').waitFor();
      await page.getByText('Quarantined: serial number').waitFor({ state: 'detached' });
    });

    it('reads in an asset’s history what its datacenter saw of it, between its states', async () => {
      const [booted] = portal.mock.platform.log.filter(({ type }) => type === 'com.rackline.assets.observed');
      const page = await portal.open('ops', `/assets/${booted?.subject}`);
      const history = page.getByRole('region', { name: 'History' }).getByRole('listitem');
      const seen = history.filter({ hasText: 'asked what to boot and was given the validation image' });
      await seen.waitFor();
      expect(await seen.getByText('Boot', { exact: true }).count()).toBe(1);
      expect(await history.filter({ hasText: 'Discovered' }).count()).toBeGreaterThan(0);
    });

    it('reads what was proved of a server, by what, and why some of it no longer counts', async () => {
      const { platform } = portal.mock;
      const delivered = () =>
        [...platform.proofs.values()].flat().find(({ kind, voided }) => kind === 'handed-over' && voided === null)
          ?.serverId;
      await until('a server is handed over', () => delivered() !== undefined);
      const page = await portal.open('auditor', `/assets/${delivered()}`);
      const proofs = page.getByRole('region', { name: 'Proofs' });
      await proofs.getByRole('heading', { name: 'Handed over' }).waitFor();
      await proofs.getByText(/^report [0-9a-f]{12}: \d+ drives?, /).waitFor();
      await proofs.getByText(/proofs voided$/).click();
      const erased = proofs.getByRole('listitem').filter({ hasText: 'Factory new' });
      await erased.getByText('Voided: the server is IN_SERVICE: handed-over').waitFor();
      expect(await erased.locator('del').allInnerTexts()).toEqual([
        'Factory new',
        expect.stringContaining('bought new'),
      ]);
    });

    it('sees which outside systems are off, what is not done without them and what to set', async () => {
      const page = await portal.open('ops', '/systems');
      const awx = page.getByRole('table', { name: 'Systems' }).getByRole('row').filter({ hasText: 'AWX' });
      await awx.getByText('Off').waitFor();
      await awx.getByText('A server waits before it is hardened').waitFor();
      await awx.getByText('Set AWX_URL, AWX_TOKEN').waitFor();
    });

    it('replays a dead letter', async () => {
      const page = await portal.open('ops', '/dead-letters');
      await page.getByRole('button', { name: 'Replay assets.racked, letter 1' }).click();
      await page.getByText('The event was handed to its consumer again.').waitFor();
      await until(
        'one open letter is left',
        async () => (await page.getByRole('button', { name: /^Replay/ }).count()) === 1,
      );
    });

    it('watches events as they happen, each with a link to what it is about', async () => {
      const page = await portal.open('auditor', '/events');
      await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
      portal.mock.platform.emit(
        'firmware.update_completed',
        'srv_1',
        { serverId: 'srv_1', component: 'bios', version: '2.22' },
        { at: Date.now() },
      );
      await page.getByRole('table', { name: 'Live events' }).getByText('firmware.update_completed').waitFor();
    });
  },
);
