import type { EdgeEvent } from '../../../shared/domain/edge/edge.api.ts';
import { DatacenterId } from '../../../shared/kernel/ids.ts';

export const nyc = DatacenterId.parse('dc-nyc-01');

/** The `number`th lease that a machine was given. */
export const aLease = (machine: number, number = 1): EdgeEvent => ({
  kind: 'dhcp-lease',
  id: `m${machine}-${number}`,
  at: new Date(Date.UTC(2026, 10, 2) + number).toISOString(),
  datacenter: nyc,
  mac: macOf(machine),
  address: `10.0.0.${number}`,
});

export const macOf = (machine: number): string =>
  `00:1a:00:00:${(machine >> 8).toString(16).padStart(2, '0')}:${(machine & 255).toString(16).padStart(2, '0')}`;

/** Of events as they went out, who and which: `[machine's MAC, id]`. */
export const idsOf = (events: readonly unknown[]): string[] => events.map((event) => (event as EdgeEvent).id);
