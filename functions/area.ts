import type { AnyHttpFunction } from '../shared/http/http-function.ts';
import type { Consumer } from '../shared/saga/consumer.ts';
import type { TimerFunction } from '../shared/saga/timer.ts';

/** The functions of one area, by what calls them. */
export interface Area {
  endpoints?: readonly AnyHttpFunction[];
  consumers?: readonly Consumer[];
  timers?: readonly TimerFunction[];
}
