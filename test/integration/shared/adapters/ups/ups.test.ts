import { describe, expect, it } from '@jest/globals';
import { createUps } from '../../../../../shared/adapters/ups/client.ts';
import { TrackAnswer } from '../../../../../shared/adapters/ups/contract.ts';
import { toTracking } from '../../../../../shared/adapters/ups/map.ts';
import { Secret } from '../../../../../shared/kernel/secret.ts';
import { useLab } from '../../../../kit/adapter-lab.ts';
import { contractJson, describeContract, openApi } from '../../../../kit/contracts.ts';
import type { Simulator } from '../../../../simulators/kit/simulator.ts';
import { upsAccount, upsSimulator, type UpsState } from '../../../../simulators/ups/ups.ts';
import { parcelTimes } from '../../../../simulators/vendors/parcels.ts';

const deps = useLab(upsSimulator as unknown as Simulator<never>);
const number = '1Z4HPE010310000001';
const ups = () =>
  createUps({
    baseUrl: deps.url('ups'),
    clientId: upsAccount.clientId,
    clientSecret: new Secret(upsAccount.clientSecret),
    clock: deps.time,
  });
const labelled = async () => {
  deps.lab
    .context('hpe')
    .tell('ups', 'label', { trackingNumber: number, reference: 'PO-1', from: 'Houston', to: 'dc-nyc-01' });
  await deps.time.pass(0);
};

describe('tracking a parcel', () => {
  it('says unknown of a number UPS has not scanned yet', async () => {
    await expect(ups().track(number)).resolves.toEqual({ status: 'unknown' });
  });

  it('follows it from the label to the door, and keeps the promised day until then', async () => {
    await labelled();
    const carrier = ups();
    await expect(carrier.track(number)).resolves.toMatchObject({
      status: 'label-created',
      estimatedArrival: '2026-11-02',
    });
    await deps.time.pass(parcelTimes.pickedUp);
    await expect(carrier.track(number)).resolves.toMatchObject({
      status: 'in-transit',
      lastEvent: 'Departed from Facility',
    });
    await deps.time.pass(parcelTimes.outForDelivery - parcelTimes.pickedUp);
    await expect(carrier.track(number)).resolves.toMatchObject({ status: 'out-for-delivery' });
    await deps.time.pass(parcelTimes.delivered - parcelTimes.outForDelivery);
    await expect(carrier.track(number)).resolves.toEqual({
      status: 'delivered',
      deliveredAt: '2026-11-02T08:20:00Z',
      lastEvent: 'DELIVERED',
    });
    expect(deps.lab.effects.repeated()).toEqual([]);
  });

  it('logs in once for many calls, and again when the token is refused', async () => {
    await labelled();
    const carrier = ups();
    await Promise.all([carrier.track(number), carrier.track(number), carrier.track(number)]);
    expect(deps.count('POST', /oauth/)).toBe(1);
    deps.lab.state<UpsState>('ups').tokens = {};
    await expect(carrier.track(number)).resolves.toMatchObject({ status: 'label-created' });
    expect(deps.count('POST', /oauth/)).toBe(2);
  });

  it('waits out a throttled and a failing carrier', async () => {
    await labelled();
    deps.lab.faults.set({
      system: 'ups',
      path: 'track',
      fault: { kind: 'status', status: 429, retryAfterSeconds: 0 },
    });
    deps.lab.faults.set({ system: 'ups', path: 'track', fault: { kind: 'status', status: 503 } });
    await expect(ups().track(number)).resolves.toMatchObject({ status: 'label-created' });
  });

  it('calls an answer it cannot read what it is', async () => {
    await labelled();
    deps.lab.faults.set({ system: 'ups', path: 'track', fault: { kind: 'garbled-answer' } });
    await expect(ups().track(number)).rejects.toMatchObject({ code: 'ups.unexpectedAnswer' });
  });

  it('names wrong credentials, without showing them', async () => {
    const carrier = createUps({
      baseUrl: deps.url('ups'),
      clientId: 'x',
      clientSecret: new Secret('very-secret'),
      clock: deps.time,
    });
    const failure = await carrier.track(number).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'ups.auth' });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('very-secret');
  });
});

describeContract("UPS's own documents", 'carriers', () => {
  it('describe every call we make, and every answer the simulator gives', () => {
    const track = openApi('carriers/ups-Tracking.openapi.json');
    const token = openApi('carriers/ups-OAuthClientCredentials.openapi.json');
    const complaints = deps.calls.flatMap((call) => {
      const operation =
        track.operationFor(call.method, call.path.replace(/^\/api/, '')) ?? token.operationFor(call.method, call.path);
      if (!operation) return [`${call.method} ${call.path} is not documented`];
      const missing = operation.requiredHeaders
        .filter((name) => !call.headers[name.toLowerCase()])
        .map((name) => `the header ${name} is missing`);
      const unknown = Object.keys(call.query)
        .filter((name) => !operation.queryNames.has(name))
        .map((name) => `the parameter ${name} is not documented`);
      return [
        ...missing,
        ...unknown,
        ...operation.checkRequest(call.body),
        ...(call.answer.status === 401 ? [] : operation.checkResponse(call.answer.status, call.answer.body)),
      ];
    });
    expect(deps.calls.length).toBeGreaterThan(10);
    expect(complaints).toEqual([]);
  });

  it('hold a recorded delivery we can read, though it fills the times with odd values', () => {
    const answer = TrackAnswer.parse(contractJson('carriers/karrio-ups-tracking_response.json'));
    expect(toTracking(answer.trackResponse?.shipment?.[0]?.package?.[0])).toEqual({
      status: 'delivered',
      deliveredAt: '2022-01-26',
      lastEvent: 'DELIVERED',
    });
  });
});
