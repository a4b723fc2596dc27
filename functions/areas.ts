import { access } from './access/index.ts';
import { decommissioning } from './decommissioning/index.ts';
import { delivery } from './delivery/index.ts';
import { edge } from './edge/index.ts';
import { fleet } from './fleet/index.ts';
import { health } from './health/index.ts';
import { operations } from './operations/index.ts';
import { orders } from './orders/index.ts';
import { platform } from './platform/index.ts';
import { procurement } from './procurement/index.ts';
import { receiving } from './receiving/index.ts';

/** Every area of functions. A function is registered, described and tested by standing in the list of its own. */
const areas = [
  access,
  decommissioning,
  delivery,
  edge,
  fleet,
  health,
  operations,
  orders,
  platform,
  procurement,
  receiving,
];

export const endpoints = areas.flatMap((area) => area.endpoints ?? []);
export const consumers = areas.flatMap((area) => area.consumers ?? []);
export const timers = areas.flatMap((area) => area.timers ?? []);
