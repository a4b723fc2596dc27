export interface Tracking {
  /** `unknown`: the carrier has not heard of it, normal for a new label. */
  status: 'unknown' | 'label-created' | 'in-transit' | 'out-for-delivery' | 'delivered' | 'exception';
  /** ISO 8601. May disappear between two answers: keep the last. */
  estimatedArrival?: string;
  deliveredAt?: string;
  lastEvent?: string;
}

/** By what a shipment tells which carrier has it. */
export interface CarrierMarks {
  /** The one word for it in records. */
  readonly name: string;
  /** How vendors call it in their ship notices. */
  readonly calledBy: RegExp;
  /** The form of its tracking numbers. */
  readonly numbers: RegExp;
}

/** Who brings the goods (UPS). Several may be active. */
export interface Carrier extends CarrierMarks {
  track(trackingNumber: string): Promise<Tracking>;
}
