import { describe, expect, it } from '@jest/globals';
import { createDellQuoting } from '../../../shared/adapters/dell-quoting/client.ts';
import { createUps } from '../../../shared/adapters/ups/client.ts';
import { Secret } from '../../../shared/kernel/secret.ts';
import { readSettings, unconfiguredSystems } from '../../../shared/wiring/settings.ts';
import { useLab } from '../../kit/adapter-lab.ts';
import { dellAccount } from '../../simulators/dell/dell.ts';
import { companySimulators, machinesDelivered, settingsFor } from '../../simulators/index.ts';
import { Lab } from '../../simulators/kit/lab.ts';
import { upsAccount } from '../../simulators/ups/ups.ts';

const deps = useLab(...companySimulators);
const config = { cpu: '2x Intel Xeon Gold 6530', ram: '512GB DDR5', storage: '4x 3.84TB NVMe', network: '2x 100GbE' };

describe('the simulated company', () => {
  it('configures every outside system of the platform', () => {
    expect(unconfiguredSystems(readSettings(settingsFor(deps.lab)))).toEqual([]);
  });

  it('holds nothing for us before we have asked for anything', () => {
    const held = JSON.stringify(Object.values(deps.lab.holdings()));
    expect(held.replace(/[[\]{},":0]|[a-zA-Z]/g, '')).toBe('');
  });

  it('ships what was ordered with the carrier, to the datacenter it was ordered for', async () => {
    const dell = createDellQuoting({
      baseUrl: deps.url('dell'),
      clientId: dellAccount.clientId,
      clientSecret: new Secret(dellAccount.clientSecret),
      clock: deps.time,
    });
    const ups = createUps({
      baseUrl: deps.url('ups'),
      clientId: upsAccount.clientId,
      clientSecret: new Secret(upsAccount.clientSecret),
      clock: deps.time,
    });
    const { ref } = await dell.requestQuote({
      requestId: 'quo_01',
      lines: [{ config, quantity: 1 }],
      deliverTo: 'dc-fra-01',
    });
    await deps.time.pass(300);
    await dell.submitOrder({ poNumber: 'PO-1', quoteRef: ref, deliverTo: 'dc-fra-01' });
    await deps.time.pass(600);
    const order = await dell.readOrder('PO-1');
    const [notice] = order.outcome === 'shipped' ? order.notices : [];
    await expect(ups.track(notice?.trackingNumber ?? '')).resolves.toMatchObject({
      status: 'label-created',
      estimatedArrival: notice?.estimatedArrival?.slice(0, 10),
    });
    await deps.time.pass(1200);
    await expect(ups.track(notice?.trackingNumber ?? '')).resolves.toMatchObject({ status: 'delivered' });
    expect(machinesDelivered(deps.lab)).toMatchObject([
      { serial: notice?.items[0]?.serial, poNumber: 'PO-1', bmcMac: notice?.items[0]?.bmcMac },
    ]);
  });

  it('goes on where it was after a restart, with what was still to happen', async () => {
    const dell = () =>
      createDellQuoting({
        baseUrl: deps.url('dell'),
        clientId: dellAccount.clientId,
        clientSecret: new Secret(dellAccount.clientSecret),
        clock: deps.time,
      });
    const { ref } = await dell().requestQuote({
      requestId: 'quo_01',
      lines: [{ config, quantity: 1 }],
      deliverTo: 'dc-fra-01',
    });
    const saved = JSON.parse(JSON.stringify(deps.lab.snapshot()));
    const again = new Lab({ simulators: companySimulators, time: deps.time, saved });
    await again.listen();
    await deps.time.pass(300);
    const reopened = createDellQuoting({
      baseUrl: `${again.url}/dell`,
      clientId: dellAccount.clientId,
      clientSecret: new Secret(dellAccount.clientSecret),
      clock: deps.time,
    });
    await expect(reopened.readQuote(ref)).resolves.toMatchObject({ outcome: 'quoted' });
    await again.close();
  });
});
