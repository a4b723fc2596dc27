import { describe, expect, it } from '@jest/globals';
import { createFedex } from '../../../../../shared/adapters/fedex/client.ts';
import { TrackAnswer } from '../../../../../shared/adapters/fedex/contract.ts';
import { toTracking } from '../../../../../shared/adapters/fedex/map.ts';
import { Secret } from '../../../../../shared/kernel/secret.ts';
import { useLab } from '../../../../kit/adapter-lab.ts';
import { contractJson, describeContract } from '../../../../kit/contracts.ts';
import { fedexAccount, type FedexState } from '../../../../simulators/fedex/fedex.ts';
import { fedexStandIn } from '../../../../simulators/fedex/system.ts';
import { parcelTimes } from '../../../../simulators/vendors/parcels.ts';

const deps = useLab(fedexStandIn.simulator);
const number = '748910000001';
const fedex = (secret = fedexAccount.clientSecret) =>
  createFedex({
    baseUrl: deps.url('fedex'),
    clientId: fedexAccount.clientId,
    clientSecret: new Secret(secret),
    clock: deps.time,
  });
const labelled = async () => {
  deps.lab
    .context('hpe')
    .tell('fedex', 'label', { trackingNumber: number, reference: 'PO-1', from: 'Houston', to: 'dc-nyc-01' });
  await deps.time.pass(0);
};

describe('tracking a parcel of FedEx', () => {
  it('says unknown of a number that FedEx has not heard of', async () => {
    await expect(fedex().track(number)).resolves.toEqual({ status: 'unknown' });
  });

  it('follows it from the label to the door', async () => {
    await labelled();
    const carrier = fedex();
    await expect(carrier.track(number)).resolves.toMatchObject({
      status: 'label-created',
      estimatedArrival: '2026-11-02T08:20:00.000Z',
    });
    await deps.time.pass(parcelTimes.pickedUp);
    await expect(carrier.track(number)).resolves.toMatchObject({
      status: 'in-transit',
      lastEvent: 'Departed FedEx location',
    });
    await deps.time.pass(parcelTimes.outForDelivery - parcelTimes.pickedUp);
    await expect(carrier.track(number)).resolves.toMatchObject({ status: 'out-for-delivery' });
    await deps.time.pass(parcelTimes.delivered - parcelTimes.outForDelivery);
    await expect(carrier.track(number)).resolves.toEqual({
      status: 'delivered',
      deliveredAt: '2026-11-02T08:20:00.000Z',
      lastEvent: 'Delivered',
    });
    expect(deps.lab.effects.repeated()).toEqual([]);
  });

  it('logs in once for many calls, and again when the token is refused', async () => {
    await labelled();
    const carrier = fedex();
    await Promise.all([carrier.track(number), carrier.track(number), carrier.track(number)]);
    expect(deps.count('POST', /oauth/)).toBe(1);
    deps.lab.state<FedexState>('fedex').tokens = {};
    await expect(carrier.track(number)).resolves.toMatchObject({ status: 'label-created' });
    expect(deps.count('POST', /oauth/)).toBe(2);
  });

  it('waits out a throttled and a failing carrier, though tracking is a POST', async () => {
    await labelled();
    deps.lab.faults.set({
      system: 'fedex',
      path: 'track',
      fault: { kind: 'status', status: 429, retryAfterSeconds: 0 },
    });
    deps.lab.faults.set({ system: 'fedex', path: 'track', fault: { kind: 'status', status: 503 } });
    await expect(fedex().track(number)).resolves.toMatchObject({ status: 'label-created' });
  });

  it('names wrong credentials, without showing them', async () => {
    const failure = await fedex('very-secret')
      .track(number)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'fedex.auth' });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('very-secret');
  });
});

describeContract("recordings of FedEx's answers", 'carriers', () => {
  it('hold a parcel that was picked up, which we can read', () => {
    const answer = TrackAnswer.parse(contractJson('carriers/karrio-fedex-tracking_response.json'));
    expect(toTracking(answer.output?.completeTrackResults?.[0]?.trackResults?.[0])).toMatchObject({
      status: 'in-transit',
      lastEvent: 'Picked Up',
    });
  });
});
