import type { ManifestItem, ServerConfig } from '../facts/server.ts';

export const vendors = ['hpe', 'dell'] as const;
export type Vendor = (typeof vendors)[number];

export interface QuoteLine {
  config: ServerConfig;
  quantity: number;
}
export interface VendorQuote {
  ref: string;
  version: number;
  /** Minor units of `currency`: 1234500 is 12,345.00. */
  totalMinor: number;
  currency: string;
  /** ISO 8601. */
  validUntil: string;
  leadTimeDays: number;
  model: string;
}
export type QuoteAnswer =
  | { outcome: 'pending' }
  | { outcome: 'quoted'; quote: VendorQuote }
  | { outcome: 'declined'; reason: string }
  | { outcome: 'cancelled' };

export interface ShipNotice {
  carrier: string;
  trackingNumber: string;
  /** ISO 8601, as far as the vendor says. */
  estimatedArrival?: string;
  items: ManifestItem[];
}
export type VendorOrder =
  | { outcome: 'received' | 'confirmed' }
  /** `isComplete`: nothing of this order is still to come. */
  | { outcome: 'shipped'; notices: ShipNotice[]; isComplete: boolean }
  | { outcome: 'cancelled'; reason: string }
  | { outcome: 'unknown' };

/**
 * One vendor's quoting and ordering service. The caller's `requestId` and `poNumber` are the natural keys: asking
 * twice with the same one answers what the first asking made.
 */
export interface Quoting {
  readonly vendor: Vendor;
  /** It is not configured and refuses all that would begin something. */
  readonly isOff?: boolean;
  requestQuote(request: { requestId: string; lines: QuoteLine[]; deliverTo: string }): Promise<{ ref: string }>;
  /** The quote that was made for this request of ours, when its answer was lost. */
  findQuote(requestId: string): Promise<{ ref: string } | undefined>;
  readQuote(ref: string): Promise<QuoteAnswer>;
  /**
   * Cancelling what is unknown, cancelled, expired or already ordered is success: no offer is left open. An order is
   * cancelled by `cancelOrder`.
   */
  cancelQuote(ref: string): Promise<void>;
  submitOrder(order: {
    poNumber: string;
    quoteRef: string;
    deliverTo: string;
  }): Promise<{ outcome: 'accepted'; orderRef: string } | { outcome: 'refused'; reason: string }>;
  readOrder(poNumber: string): Promise<VendorOrder>;
  cancelOrder(
    poNumber: string,
    reason: string,
  ): Promise<{ outcome: 'cancelled' } | { outcome: 'too-late'; reason: string }>;
  /** Asks to send goods back; `returnId` is our key. */
  requestReturn(request: {
    returnId: string;
    poNumber: string;
    serials: string[];
    reason: string;
  }): Promise<{ outcome: 'accepted'; rmaNumber: string } | { outcome: 'refused'; reason: string }>;
}

/** What stands in for a vendor that is not configured: nothing can be begun, and there is nothing to find. */
export const quotingOff = (vendor: Vendor, refuse: () => Promise<never>): Quoting => ({
  vendor,
  isOff: true,
  requestQuote: refuse,
  findQuote: async () => undefined,
  readQuote: refuse,
  cancelQuote: refuse,
  submitOrder: refuse,
  readOrder: refuse,
  cancelOrder: refuse,
  requestReturn: refuse,
});
