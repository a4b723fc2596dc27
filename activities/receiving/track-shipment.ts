import { z } from 'zod';
import { carrierOf } from '../../shared/domain/receiving/carrier-of.ts';
import {
  recordArrivalTold,
  recordTracking,
  getShipment,
  type Shipment,
} from '../../shared/domain/receiving/shipments.db.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { days, hours } from '../../shared/kernel/durations.ts';
import { ShipmentId } from '../../shared/kernel/ids.ts';
import type { Deps } from '../../shared/saga/deps.ts';
import { nothing, pending, step } from '../../shared/saga/step.ts';

const askAgainSeconds = 6 * 3600;

/** Follows a shipment to the dock, and tells the technicians a day before it comes. */
export const trackShipment = step({
  name: 'track-shipment',
  input: z.object({ shipmentId: ShipmentId }),
  output: z.object({ deliveredAt: z.string() }),
  atMost: days(21),
  run: async ({ shipmentId }, deps) => {
    const { db, clock, carriers } = deps;
    const shipment = await getShipment(db, shipmentId);
    if (shipment.deliveredAt) return { deliveredAt: shipment.deliveredAt };
    const carrier = carrierOf(carriers, shipment);
    if (!carrier)
      return pending({
        ticket: shipment.trackingNumber,
        pollAfterSeconds: askAgainSeconds,
        pace: 'business',
        waitingFor: `${shipment.carrier} ${shipment.trackingNumber}: no carrier that Rackline knows follows it`,
      });
    const tracking = await carrier.track(shipment.trackingNumber);
    // The carrier's estimate may disappear between two answers: the last one stays.
    const estimatedArrival = tracking.estimatedArrival ?? shipment.estimatedArrival;
    const deliveredAt = tracking.status === 'delivered' ? (tracking.deliveredAt ?? isoTime(clock.now())) : null;
    await recordTracking(db, clock, shipmentId, {
      state: stateOf(tracking.status),
      estimatedArrival,
      deliveredAt,
      lastEvent: tracking.lastEvent ?? null,
    });
    if (deliveredAt) return { deliveredAt };
    if (estimatedArrival) await announceArrival(deps, shipment, estimatedArrival);
    const problem =
      tracking.status === 'exception' ? `; ${shipment.carrier} reports: ${tracking.lastEvent ?? 'an exception'}` : '';
    return pending({
      ticket: shipment.trackingNumber,
      pollAfterSeconds: askAgainSeconds,
      pace: 'business',
      waitingFor: `${shipment.carrier} ${shipment.trackingNumber}${problem}`,
    });
  },
  undo: nothing('a parcel that was followed is not moved by it'),
});

const stateOf = (status: string): Shipment['state'] =>
  status === 'delivered'
    ? 'delivered'
    : status === 'exception'
      ? 'exception'
      : status === 'unknown' || status === 'label-created'
        ? 'announced'
        : 'in-transit';

async function announceArrival(
  { db, clock, mailer, settings }: Deps,
  shipment: Shipment,
  estimatedArrival: string,
): Promise<void> {
  if (shipment.arrivalToldAt !== null || Date.parse(estimatedArrival) - clock.now() > hours(24)) return;
  await mailer.send({
    messageId: `arrival-${shipment.id}`,
    to: `technician@${shipment.datacenterId}.rackline.example`,
    subject: `Arriving: ${shipment.carrier} ${shipment.trackingNumber}`,
    text:
      `A shipment for ${shipment.datacenterId} is expected ${estimatedArrival}.\n\nYour task list: ` +
      `${settings.publicUrl}/tasks`,
  });
  await recordArrivalTold(db, clock, shipment.id);
}
