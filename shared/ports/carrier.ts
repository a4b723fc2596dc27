export interface Tracking {
  /** `unknown`: the carrier has not heard of it, normal for a new label. */
  status: 'unknown' | 'label-created' | 'in-transit' | 'out-for-delivery' | 'delivered' | 'exception';
  /** ISO 8601. May disappear between two answers: keep the last. */
  estimatedArrival?: string;
  deliveredAt?: string;
  lastEvent?: string;
}

/** Who brings the goods (UPS). */
export interface Carrier {
  track(trackingNumber: string): Promise<Tracking>;
}
