import type { Area } from '../../shared/http/area.ts';
import { cancelOrder } from './cancel-order.http.ts';
import { listOrders } from './list-orders.http.ts';
import { orderTimeline } from './order-timeline.http.ts';
import { readOrder } from './read-order.http.ts';
import { submitOrder } from './submit-order.http.ts';

export const orders: Area = { endpoints: [cancelOrder, listOrders, orderTimeline, readOrder, submitOrder] };
