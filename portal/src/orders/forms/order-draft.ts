import type { SubmitOrder } from '../../../../shared/domain/orders/orders.api.ts';
import type { ServerConfig } from '../../../../shared/facts/server.ts';
import { presets } from './presets.ts';

/** An order as it is being filled in: texts, as the fields hold them. */
export interface OrderDraft {
  /** `datacenter:dc-fra-01` or `region:eu-west`. */
  place: string;
  /** Asked of staff only: a tenant orders for itself. */
  tenantId: string;
  lines: readonly LineDraft[];
}
export interface LineDraft {
  /** Tells the lines apart while some are taken away; not sent. */
  key: number;
  quantity: string;
  config: ServerConfig;
}

export const newLine = (key: number): LineDraft => ({ key, quantity: '1', config: presets[0].config });
export const newDraft = (): OrderDraft => ({ place: '', tenantId: '', lines: [newLine(0)] });

/** What the API is sent. Nothing is mended here: what is wrong stays wrong, and the schema says so. */
export function toOrder(
  { place, tenantId, lines }: OrderDraft,
  isStaff: boolean,
): Omit<SubmitOrder, 'datacenter' | 'tenantId'> & { datacenter?: string; tenantId?: string } {
  const [kind, name] = place.split(':', 2);
  return {
    ...(name && (kind === 'region' ? { placement: { region: name } } : { datacenter: name })),
    ...(isStaff && { tenantId: tenantId.trim() }),
    lines: lines.map(({ quantity, config }) => ({
      quantity: quantity.trim() === '' ? Number.NaN : Number(quantity),
      config,
    })),
  };
}

export const serversIn = ({ lines }: Pick<OrderDraft, 'lines'>): number =>
  lines.reduce((sum, { quantity }) => sum + (Number.parseInt(quantity, 10) || 0), 0);
