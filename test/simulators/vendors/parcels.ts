// A parcel's way from the shipper to the dock, on hardware time, whatever the carrier's interface in front of it.
import type { SimContext, Simulator } from '../kit/simulator.ts';

/** What a shipper hands over with a parcel. */
export interface Label {
  trackingNumber: string;
  reference: string;
  from: string;
  to: string;
}
export type ParcelStage = 'label' | 'moving' | 'on-van' | 'delivered';
export interface Scan {
  stage: ParcelStage;
  place: string;
  /** Milliseconds since 1970. */
  at: number;
}
export interface Parcel {
  trackingNumber: string;
  reference: string;
  to: string;
  /** Milliseconds since 1970. */
  promisedFor: number;
  /** Latest first. */
  scans: Scan[];
}
export interface HoldsParcels {
  parcels: Record<string, Parcel>;
}

/** Hardware seconds from the label on. */
export const parcelTimes = { pickedUp: 120, outForDelivery: 900, delivered: 1200 };

/** `hub`: the city that every parcel of the carrier goes through. */
export function parcelJobs<State extends HoldsParcels>(hub: string): NonNullable<Simulator<State>['jobs']> {
  const scan = (context: SimContext<State>, trackingNumber: string, stage: ParcelStage, place?: string): void => {
    const parcel = context.state.parcels[trackingNumber];
    parcel?.scans.unshift({ stage, place: place ?? parcel.to, at: context.now() });
  };
  return {
    label: ({ trackingNumber, reference, from, to }: Label, context) => {
      const promisedFor = context.moment(parcelTimes.delivered);
      context.state.parcels[trackingNumber] = { trackingNumber, reference, to, promisedFor, scans: [] };
      scan(context, trackingNumber, 'label', from);
      context.effect('parcel accepted', trackingNumber);
      context.later('pick-up', parcelTimes.pickedUp, trackingNumber);
      context.later('load-van', parcelTimes.outForDelivery, trackingNumber);
      context.later('deliver', parcelTimes.delivered, trackingNumber);
    },
    'pick-up': (trackingNumber: string, context) => scan(context, trackingNumber, 'moving', hub),
    'load-van': (trackingNumber: string, context) => scan(context, trackingNumber, 'on-van'),
    deliver: (trackingNumber: string, context) => {
      scan(context, trackingNumber, 'delivered');
      context.effect('parcel delivered', trackingNumber);
    },
  };
}
