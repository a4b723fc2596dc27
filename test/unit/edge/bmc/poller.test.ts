import { beforeEach, describe, expect, it } from '@jest/globals';
import { BmcGate } from '../../../../edge/bmc/gate.ts';
import { Poller } from '../../../../edge/bmc/poller.ts';
import { Readings } from '../../../../edge/bmc/readings.ts';
import { Sampler } from '../../../../edge/bmc/sampler.ts';
import type { BmcReading } from '../../../../shared/domain/health/bmc-reading.ts';
import type { Health } from '../../../../shared/facts/server.ts';
import type { LogReading } from '../../../../shared/facts/telemetry.ts';
import type { BmcTarget } from '../../../../shared/ports/bmc.ts';
import { SecretRef } from '../../../../shared/ports/secrets.ts';
import { LinkTime, settle } from '../platform/link.ts';

const hour = 3600;
let time: LinkTime;
let gate: BmcGate;
let targets: BmcTarget[];
let isActive: boolean;
let samples: { serverId: string; at: number; isFull: boolean }[];
let left: string[];
let reported: BmcReading[][];
let behave: (serverId: string, signal: AbortSignal | undefined) => Promise<{ health: Health }>;
let readLog: () => Promise<LogReading>;
let poller: Poller;
beforeEach(() => {
  time = new LinkTime();
  gate = new BmcGate({ slots: { command: 10, poll: 10 } });
  targets = Array.from({ length: 50 }, (_, index) => aTarget(`srv_${index}`));
  [isActive, samples, left, reported] = [true, [], [], []];
  behave = async () => ({ health: 'ok' });
  readLog = async () => ({ entries: [] });
  const real = new Sampler({
    time,
    cursorOf: async () => undefined,
    bmc: {
      readHealth: ({ serverId }, _input, options) => behave(serverId, options?.signal),
      readSensors: async ({ serverId }, _input, options) => ({
        ...(await behave(serverId, options?.signal)),
        power: 'on',
        readings: [],
        unread: 0,
      }),
      readLog: () => readLog(),
    },
  });
  poller = new Poller({
    targets: () => targets,
    gate,
    isActive: () => isActive,
    time,
    leave: ({ secretRef }) => void left.push(secretRef),
    sampler: {
      sample: async (target, how) => {
        samples.push({ serverId: target.serverId, at: time.now(), isFull: how.isFull });
        return real.sample(target, how);
      },
    },
    readings: new Readings({ report: async (readings) => void reported.push(readings), keepCursor: () => {}, time }),
  });
  poller.start();
});

const aTarget = (serverId: string): BmcTarget => ({
  serverId,
  datacenterId: 'dc-nyc-01',
  address: `https://10.20.0.${serverId.slice(4)}`,
  secretRef: SecretRef.parse(`bmc/${serverId}/service`),
});
const sampled = (serverId: string) => samples.filter((each) => each.serverId === serverId);
const gaps = (serverId: string) =>
  sampled(serverId)
    .map(({ at }, index, all) => Math.round((at - (all[index - 1]?.at ?? at)) / 1000))
    .slice(1);
const full = (serverId: string) => sampled(serverId).map(({ isFull }) => isFull);
const readingsOf = (serverId: string) => reported.flat().filter((each) => each.serverId === serverId);

describe('the poller', () => {
  it('looks at every controller once in its period, spread over it', async () => {
    await time.pass(300);
    expect(new Set(samples.map(({ serverId }) => serverId)).size).toBe(50);
    const busiest = Math.max(
      ...[...Map.groupBy(samples, ({ at }) => Math.floor(at / 10_000)).values()].map(({ length }) => length),
    );
    expect(busiest).toBeLessThan(10);
    await time.pass(hour);
    expect(gaps('srv_7').every((gap) => gap >= 300 && gap <= 302)).toBe(true);
  });

  it('tells what it saw in batches, soon', async () => {
    await time.pass(400);
    expect(reported.flat().length).toBeGreaterThan(50);
    expect(reported.length).toBeLessThan(45); // looks that come within ten seconds go together
    expect(readingsOf('srv_1')[0]).toMatchObject({ serverId: 'srv_1', health: 'ok' });
  });

  it('looks more often at what is not well, and as before when it is', async () => {
    behave = async (serverId) => ({ health: serverId === 'srv_3' && sampled('srv_3').length < 4 ? 'warning' : 'ok' });
    await time.pass(hour);
    expect(
      gaps('srv_3')
        .slice(0, 3)
        .every((gap) => gap >= 60 && gap <= 61),
    ).toBe(true);
    expect(gaps('srv_3').at(-1)).toBeGreaterThanOrEqual(300);
  });

  it('looks less and less often at what does not answer, says why, and never gives up', async () => {
    behave = async (serverId) => {
      if (serverId === 'srv_3') throw new Error('no route to host');
      return { health: 'ok' };
    };
    await time.pass(6 * hour);
    expect(
      gaps('srv_3')
        .slice(0, 5)
        .map((gap) => Math.round(gap / 60)),
    ).toEqual([1, 2, 4, 8, 16]);
    expect(Math.max(...gaps('srv_3'))).toBeLessThanOrEqual(1802);
    expect(readingsOf('srv_3')[0]).toMatchObject({ unreachable: 'no route to host' });
    expect(poller.status()).toMatchObject({ controllers: 50, unreachable: 1 });
  });

  it('calls off a look that takes too long, and others are not held up by it', async () => {
    behave = (serverId, signal) =>
      serverId === 'srv_3'
        ? new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
        : Promise.resolve({ health: 'ok' });
    await time.pass(2 * hour);
    expect(readingsOf('srv_3')[0]).toMatchObject({ unreachable: expect.stringContaining('30 s') });
    expect(sampled('srv_4').length).toBeGreaterThanOrEqual(23);
  });

  it('leaves a controller alone while it is being written to, and comes back', async () => {
    gate.holdExclusively('https://10.20.0.3', time.now() + 20 * 60_000);
    await time.pass(20 * 60 - 5);
    expect(sampled('srv_3')).toEqual([]);
    expect(readingsOf('srv_3')).toEqual([]);
    await time.pass(300);
    expect(sampled('srv_3').length).toBeGreaterThan(0);
  });

  it('looks thoroughly, at once, at what was being written to when that is over', async () => {
    await time.pass(700);
    samples.splice(0);
    gate.holdExclusively('https://10.20.0.3', Infinity);
    await time.pass(30);
    expect(sampled('srv_3')).toEqual([]);
    gate.holdExclusively('https://10.20.0.3', 0);
    await time.pass(1);
    expect(full('srv_3')).toEqual([true]);
  });

  it('does nothing while another agent acts', async () => {
    isActive = false;
    await time.pass(hour);
    expect(samples).toEqual([]);
    isActive = true;
    await time.pass(2);
    expect(samples).toHaveLength(50); // all are overdue
  });

  it('looks at once where something happened', async () => {
    await time.pass(300);
    const before = sampled('srv_9').length;
    poller.hint('srv_9');
    await time.pass(2);
    expect(sampled('srv_9')).toHaveLength(before + 1);
  });

  it('follows one that never stops telling of events, without looking at it all the time', async () => {
    await time.pass(300);
    samples.splice(0);
    for (let second = 0; second < 60; second++) {
      poller.hint('srv_9');
      await time.pass(1);
    }
    expect(sampled('srv_9').length).toBeGreaterThanOrEqual(5);
    expect(sampled('srv_9').length).toBeLessThanOrEqual(7);
  });

  it('looks again for what happens while it looks', async () => {
    await time.pass(300);
    samples.splice(0);
    behave = async (serverId) => {
      if (serverId === 'srv_9' && sampled('srv_9').length === 1) poller.hint('srv_9');
      return { health: 'ok' };
    };
    poller.hint('srv_9');
    await time.pass(20);
    expect(full('srv_9')).toEqual([true, true]);
  });

  it('reads sensors and log at first, and then every half hour', async () => {
    await time.pass(2 * hour);
    expect(full('srv_7').slice(0, 13)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
      true,
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
    expect(readingsOf('srv_7')[0]).toMatchObject({
      health: 'ok',
      sensors: { power: 'on', readings: [] },
      log: { entries: [] },
    });
    expect(readingsOf('srv_7')[1]).toEqual({ serverId: 'srv_7', at: expect.any(String), health: 'ok' });
  });

  it('reads them where something happened, at once, and tells it at once', async () => {
    await time.pass(700);
    samples.splice(0);
    reported.splice(0);
    poller.hint('srv_9');
    await time.pass(1);
    await settle();
    expect(full('srv_9')).toEqual([true]);
    expect(readingsOf('srv_9')).toMatchObject([{ log: { entries: [] } }]);
  });

  it('reads them when it is not as well as before, in the same look, and as long as it is not well', async () => {
    await time.pass(700);
    behave = async (serverId) => ({ health: serverId === 'srv_3' ? 'critical' : 'ok' });
    samples.splice(0);
    reported.splice(0);
    await time.pass(420);
    expect(full('srv_3').slice(0, 3)).toEqual([false, true, true]);
    expect(readingsOf('srv_3')[0]).toMatchObject({ health: 'critical', sensors: {}, log: {} });
  });

  it('tells how a controller does whose log cannot be read, and tries the log with each look', async () => {
    readLog = async () => {
      throw new Error('the log is broken');
    };
    await time.pass(1000);
    expect(readingsOf('srv_3')[0]).toMatchObject({ health: 'ok', sensors: {} });
    expect(readingsOf('srv_3')[0]).not.toHaveProperty('log');
    expect(full('srv_3').every(Boolean)).toBe(true);
    expect(poller.status()).toMatchObject({ unreachable: 0, logsUnread: 50 });
    readLog = async () => ({ entries: [] });
    await time.pass(400);
    expect(poller.status()).toMatchObject({ logsUnread: 0 });
  });

  it('looks thoroughly at what answers again', async () => {
    behave = async (serverId) => {
      if (serverId === 'srv_3' && sampled('srv_3').length === 2) throw new Error('no route to host');
      return { health: 'ok' };
    };
    await time.pass(1000);
    expect(full('srv_3').slice(0, 3)).toEqual([true, false, true]);
  });

  it('looks at once at a controller that was not there before, and has it take its place in the period', async () => {
    await time.pass(10);
    targets.push(aTarget('srv_77'), aTarget('srv_78'));
    await time.pass(1);
    expect([sampled('srv_77'), sampled('srv_78')]).toEqual([[expect.anything()], [expect.anything()]]);
    await time.pass(300);
    const [one, other] = [sampled('srv_77')[1]?.at ?? 0, sampled('srv_78')[1]?.at ?? 0];
    expect(Math.abs(one - other)).toBeGreaterThan(5000);
  });

  it('looks at once after a new password or address, however long it had no answer', async () => {
    behave = async () => {
      throw new Error('the password was refused');
    };
    await time.pass(2 * hour);
    samples.splice(0);
    behave = async () => ({ health: 'ok' });
    targets = targets.map((target) =>
      target.serverId === 'srv_3' ? { ...target, secretRef: SecretRef.parse('bmc/srv_3/tenant') } : target,
    );
    await time.pass(2);
    expect(full('srv_3')).toEqual([true]);
  });

  it('leaves controllers that are gone or have another login, and all when another agent acts', async () => {
    await time.pass(2);
    targets = [...targets.slice(2), { ...aTarget('srv_1'), secretRef: SecretRef.parse('bmc/srv_1/tenant') }];
    await time.pass(2);
    expect(left.toSorted()).toEqual(['bmc/srv_0/service', 'bmc/srv_1/service']);
    isActive = false;
    await time.pass(10);
    expect(left).toHaveLength(2 + 49);
    expect(left).toContain('bmc/srv_1/tenant');
  });

  it('follows what controllers there are', async () => {
    await time.pass(300);
    targets = targets.filter(({ serverId }) => serverId !== 'srv_1').concat(aTarget('srv_77'));
    samples.splice(0);
    await time.pass(400);
    expect(sampled('srv_1')).toEqual([]);
    expect(sampled('srv_77').length).toBeGreaterThan(0);
  });

  it('tells what it has before it ends', async () => {
    await time.pass(2);
    poller.hint('srv_1');
    await time.pass(1);
    await settle();
    await poller.stop();
    expect(readingsOf('srv_1')).toHaveLength(1);
  });
});
