import type { z } from 'zod';
import { lifecycleEvents } from '../lifecycle/events.ts';
import { approvalEvents } from './approvals/events.ts';
import { assetEvents } from './assets/events.ts';
import { edgeEvents } from './edge/events.ts';
import { firmwareEvents } from './firmware/events.ts';
import { healthEvents } from './health/events.ts';
import { orderEvents } from './orders/events.ts';
import { procurementEvents } from './procurement/events.ts';
import { receivingEvents } from './receiving/events.ts';
import { sagaEvents } from './sagas/events.ts';
import { taskEvents } from './tasks/events.ts';
import { validationEvents } from './validation/events.ts';

/** Every kind of event there is. Each is declared by the noun that it is about. */
export const catalogue = [
  ...lifecycleEvents,
  ...assetEvents,
  ...validationEvents,
  ...orderEvents,
  ...procurementEvents,
  ...receivingEvents,
  ...approvalEvents,
  ...taskEvents,
  ...sagaEvents,
  ...edgeEvents,
  ...firmwareEvents,
  ...healthEvents,
] as const;

export type Topic = (typeof catalogue)[number]['topic'];
export type EventData<T extends Topic> = z.infer<Extract<(typeof catalogue)[number], { topic: T }>['data']>;

export const topics: readonly Topic[] = catalogue.map(({ topic }) => topic);
