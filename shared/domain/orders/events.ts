import { z } from 'zod';
import { eventType } from '../../events/event-type.ts';

const order = { orderId: z.string(), tenantId: z.string(), datacenterId: z.string() };
const fields = ['orderId', 'tenantId', 'datacenterId'] as const;

export const orderCreated = eventType(
  'orders.created',
  z.object({
    ...order,
    lines: z.array(z.object({ quantity: z.number().int(), config: z.record(z.string(), z.string()) })),
    requestedBy: z.string(),
  }),
  { staff: 'order:read', tenant: { may: 'order:read', fields } },
);
export const inventoryChecked = eventType(
  'orders.inventory_checked',
  z.object({ ...order, reserved: z.array(z.string()), missing: z.number().int() }),
  { staff: 'order:read' },
);
export const orderFulfilled = eventType('orders.fulfilled', z.object({ ...order, servers: z.array(z.string()) }), {
  staff: 'order:read',
  tenant: { may: 'order:read', fields: [...fields, 'servers'] },
});
export const orderCancelled = eventType('orders.cancelled', z.object({ ...order, reason: z.string() }), {
  staff: 'order:read',
  tenant: { may: 'order:read', fields: [...fields, 'reason'] },
});
export const orderFailed = eventType('orders.failed', z.object({ ...order, reason: z.string() }), {
  staff: 'order:read',
  tenant: { may: 'order:read', fields: [...fields, 'reason'] },
});

export const orderEvents = [orderCreated, inventoryChecked, orderFulfilled, orderCancelled, orderFailed] as const;
