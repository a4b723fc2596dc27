import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Journal } from '../../../../edge/kernel/journal.ts';
import { silentEdgeLog } from '../../../../edge/kernel/log.ts';
import { Uplink } from '../../../../edge/platform/uplink.ts';
import { aLease, idsOf } from '../events.ts';
import { FarPlatform, LinkTime, outOfOrder } from './link.ts';

let time: LinkTime;
let journal: Journal;
let platform: FarPlatform;
let uplink: Uplink;
beforeEach(() => {
  time = new LinkTime();
  journal = new Journal({ file: ':memory:', maxBytes: 100_000_000 });
  platform = new FarPlatform(time);
  uplink = new Uplink({ journal, platform, time, log: silentEdgeLog, datacenter: 'dc-nyc-01', random: () => 0.5 });
});
afterEach(() => {
  uplink.stop();
  journal.close();
});
const write = (...events: ReturnType<typeof aLease>[]) => Promise.all(events.map((event) => journal.append(event)));

describe('the uplink', () => {
  it('sends what is there when it starts, and what comes later', async () => {
    await write(aLease(1, 1));
    uplink.start();
    await time.pass(1);
    await write(aLease(2, 1));
    uplink.notify();
    await time.pass(1);
    expect(idsOf(platform.taken)).toEqual(['m1-1', 'm2-1']);
    expect(journal.status().events).toBe(0);
    expect(uplink.status()).toMatchObject({ isUp: true, reason: null, sent: 2 });
  });

  it('never has two events of one machine under way in different batches, though batches overlap', async () => {
    await write(aLease(0, 1));
    uplink.start();
    await time.pass(1);
    for (let number = 2; number <= 12; number++) {
      await write(...Array.from({ length: 100 }, (_, machine) => aLease(machine, number)));
      uplink.notify();
    }
    for (let step = 0; step < 40; step++) {
      const machines = platform.inFlight.map(
        (batch) => new Set(batch.map((event) => event.kind === 'dhcp-lease' && event.mac)),
      );
      expect(new Set(machines.flatMap((each) => [...each])).size).toBe(
        machines.reduce((sum, each) => sum + each.size, 0),
      );
      await time.pass(0.1);
    }
    expect(platform.taken).toHaveLength(1101);
    expect(outOfOrder(platform.taken)).toEqual([]);
  });

  it('has several batches under way once the link has proved itself, and one until then', async () => {
    await write(...Array.from({ length: 3000 }, (_, machine) => aLease(machine)));
    uplink.start();
    expect(platform.inFlight).toHaveLength(1);
    await time.pass(2);
    expect(platform.mostInFlight).toBe(4);
    expect(journal.status().events).toBe(0);
  });

  it('rests longer after each failure, up to an end, and goes on at once when the link is back', async () => {
    platform.isReachable = false;
    await write(aLease(1, 1));
    uplink.start();
    await time.pass(60);
    const rests = platform.tries.map((at, index) => at - (platform.tries[index - 1] ?? at)).slice(1);
    expect(rests.slice(0, 6)).toEqual([150, 225, 338, 506, 759, 1125]);
    expect(new Set(rests.slice(6))).toEqual(new Set([1125]));
    expect(uplink.status()).toMatchObject({ isUp: false, reason: 'no route to host' });
    platform.isReachable = true;
    await time.pass(6);
    expect(idsOf(platform.taken)).toEqual(['m1-1']);
    expect(uplink.status()).toMatchObject({ isUp: true, failures: 0 });
  });

  it('offers again what it heard no answer about', async () => {
    platform.losesAnswers = true;
    await write(aLease(1, 1), aLease(1, 2));
    uplink.start();
    await time.pass(1);
    platform.losesAnswers = false;
    await time.pass(10);
    expect(new Set(idsOf(platform.taken))).toEqual(new Set(['m1-1', 'm1-2']));
    expect(outOfOrder(platform.taken)).toEqual([]);
    expect(journal.status().events).toBe(0);
  });

  it('makes dead letters of the events that the platform refuses, and delivers all others in order', async () => {
    platform.refuses = ({ id }) => ['m3-1', 'm7-2'].includes(id);
    await write(...[1, 2, 3].flatMap((number) => Array.from({ length: 10 }, (_, machine) => aLease(machine, number))));
    uplink.start();
    await time.pass(10);
    expect(platform.taken).toHaveLength(28);
    expect(outOfOrder(platform.taken)).toEqual([]);
    expect(journal.status()).toMatchObject({ events: 0, deadLetters: 2 });
    expect(idsOf(journal.deadLetters(10).map(({ event }) => event))).toEqual(['m7-2', 'm3-1']);
    expect(journal.deadLetters(1)[0]?.reason).toBe('an event is not as it should be');
  });

  it('keeps everything when the platform refuses the agent itself', async () => {
    const denied = new Uplink({
      journal,
      platform: {
        send: async () => ({ outcome: 'unreachable', reason: '403: this agent does not speak for dc-nyc-01' }),
      },
      time,
      log: silentEdgeLog,
      datacenter: 'dc-nyc-01',
    });
    await write(aLease(1, 1));
    denied.start();
    await time.pass(30);
    expect(journal.status()).toMatchObject({ events: 1, deadLetters: 0 });
    expect(denied.status().reason).toMatch(/403/);
    denied.stop();
  });

  it('waits as long as a busy platform asks it to', async () => {
    const tries: number[] = [];
    const busy = new Uplink({
      journal,
      platform: {
        send: async () => {
          tries.push(time.now());
          return { outcome: 'unreachable', reason: 'too many requests', retryAfterSeconds: 20 };
        },
      },
      time,
      log: silentEdgeLog,
      datacenter: 'dc-nyc-01',
    });
    await write(aLease(1, 1));
    busy.start();
    await time.pass(45);
    expect(tries.map((at) => at - (tries[0] ?? 0))).toEqual([0, 20_000, 40_000]);
    busy.stop();
  });

  it('touches the journal no more once it was stopped', async () => {
    await write(aLease(1, 1));
    uplink.start();
    await time.pass(0.1);
    uplink.stop();
    await time.pass(10);
    expect(idsOf(platform.taken)).toEqual(['m1-1']);
    expect(journal.status().events).toBe(1);
  });
});
