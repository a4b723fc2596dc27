import { beforeEach, describe, expect, it } from '@jest/globals';
import { LogCursors } from '../../../../edge/bmc/log-cursors.ts';
import { Readings } from '../../../../edge/bmc/readings.ts';
import type { Sample } from '../../../../edge/bmc/sampler.ts';
import { Store } from '../../../../edge/kernel/store.ts';
import { readingLimits, type BmcReading } from '../../../../shared/domain/health/bmc-reading.ts';
import { jsonBounds, measureJson } from '../../../../shared/http/json.ts';
import { LinkTime, settle } from '../platform/link.ts';

let time: LinkTime;
let cursors: LogCursors;
let reported: BmcReading[][];
let isFull: boolean;
let readings: Readings;
beforeEach(() => {
  time = new LinkTime();
  cursors = new LogCursors(new Store(':memory:'), time);
  [reported, isFull] = [[], false];
  readings = new Readings({
    time,
    keepCursor: (serverId, cursor) => cursors.keep(serverId, cursor),
    report: async (some) => {
      if (isFull) throw new Error('the journal is full');
      reported.push(some);
    },
  });
});

const at = '2026-11-02T08:00:00.000Z';
const light = (serverId: string): Sample => ({
  reading: { serverId, at, health: 'ok' },
  isFull: false,
  cursor: undefined,
});
const full = (serverId: string, cursor: string, ...messages: string[]): Sample => ({
  reading: {
    serverId,
    at,
    health: 'ok',
    log: { entries: messages.map((message, index) => ({ id: String(index), severity: 'critical', message })) },
  },
  isFull: true,
  cursor,
});

describe('readings on their way', () => {
  it('go together after a while, or at once where it is urgent', async () => {
    readings.add(light('srv-1'), false);
    readings.add(light('srv-2'), false);
    await time.pass(9);
    expect(reported).toEqual([]);
    await time.pass(1);
    expect(reported.map((each) => each.length)).toEqual([2]);
    readings.add(light('srv-1'), true);
    await settle();
    expect(reported.map((each) => each.length)).toEqual([2, 1]);
  });

  it('go when they are many, or much', async () => {
    for (let number = 0; number < 100; number++) readings.add(light(`srv-${number}`), false);
    await settle();
    expect(reported.map((each) => each.length)).toEqual([100]);
    for (let number = 0; number < 2; number++)
      readings.add(full('srv-1', 'c', ...Array.from({ length: 100 }, () => 'x'.repeat(1000))), false);
    await settle();
    expect(reported.map((each) => each.length)).toEqual([100, 2]);
  });

  // What is packed as full of values as sensors and logs can be: the platform counts them before it looks at them.
  it('hold no more values than the platform takes in one request, however full', async () => {
    const sensors = Array.from({ length: readingLimits.sensors }, (_, index) => ({
      kind: 'fan' as const,
      name: `${index}`,
      reading: 1,
      unit: '%' as const,
      health: 'ok' as const,
    }));
    const entries = Array.from({ length: readingLimits.entries }, (_, index) => ({
      id: `${index}`,
      severity: 'ok' as const,
      message: '',
      code: '',
      action: '',
    }));
    const full: Sample = {
      reading: { serverId: 's', at, health: 'ok', sensors: { power: 'on', readings: sensors }, log: { entries } },
      isFull: true,
      cursor: 'c',
    };
    while (reported.length === 0) {
      readings.add(full, false);
      await settle();
    }
    const request = JSON.stringify({
      events: [{ kind: 'bmc-readings', id: 'a', at, datacenter: 'dc-nyc-01', readings: reported[0] }],
    });
    expect(reported[0]?.length).toBeGreaterThan(1);
    expect(measureJson(request).values).toBeLessThanOrEqual(jsonBounds.values);
  });

  it('tell what was logged apart from what the next look overtakes', async () => {
    readings.add(light('srv-1'), false);
    readings.add(full('srv-2', 'c2', 'a fan stopped'), false);
    readings.add(full('srv-3', 'c3'), false);
    await readings.flush();
    expect(reported.map((each) => each.map(({ serverId }) => serverId))).toEqual([['srv-2'], ['srv-1', 'srv-3']]);
  });

  it('move the position in the log when they are stored, and only then', async () => {
    isFull = true;
    readings.add(full('srv-1', 'first', 'a fan stopped'), false);
    await readings.settled('srv-1');
    expect(cursors.of('srv-1')).toBeUndefined();
    isFull = false;
    readings.add(full('srv-1', 'first', 'a fan stopped'), false);
    expect(cursors.of('srv-1')).toBeUndefined();
    await readings.settled('srv-1');
    expect(cursors.of('srv-1')).toBe('first');
    readings.add(full('srv-1', 'second'), false);
    await readings.settled('srv-1');
    expect([cursors.of('srv-1'), cursors.of('srv-2')]).toEqual(['second', undefined]);
  });

  it('are waited for only by who asks for their server', async () => {
    readings.add(light('srv-1'), false);
    await readings.settled('srv-2');
    expect(reported).toEqual([]);
  });
});
