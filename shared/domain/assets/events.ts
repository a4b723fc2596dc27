import { z } from 'zod';
import { eventType } from '../../events/event-type.ts';

/** Something a datacenter saw of a server that moves it nowhere: told for who reads its history. */
export const assetObserved = eventType(
  'assets.observed',
  z.object({
    serverId: z.string(),
    datacenterId: z.string(),
    kind: z.enum(['boot', 'anomaly', 'image-job']),
    what: z.string(),
    detail: z.record(z.string(), z.unknown()),
  }),
  { staff: 'asset:read' },
);
export type Observed = z.infer<typeof assetObserved.data>;

/** A server's tenant holds its credentials. */
export const serverDelivered = eventType(
  'tenant.server_delivered',
  z.object({ serverId: z.string(), orderId: z.string(), tenantId: z.string() }),
  { staff: 'asset:read', tenant: { may: 'server:read', fields: ['serverId', 'orderId', 'tenantId'] } },
);

export const assetEvents = [assetObserved, serverDelivered] as const;
