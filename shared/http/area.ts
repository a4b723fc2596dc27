import type { Consumer } from '../saga/consumer.ts';
import type { TimerFunction } from '../saga/timer.ts';
import type { Endpoint } from './http-function.ts';

/** The functions of one area, by what calls them. */
export interface Area {
  endpoints?: readonly Endpoint[];
  consumers?: readonly Consumer[];
  timers?: readonly TimerFunction[];
}
