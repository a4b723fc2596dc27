import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Journal } from '../../../edge/kernel/journal.ts';
import { silentEdgeLog } from '../../../edge/kernel/log.ts';
import { Uplink } from '../../../edge/platform/uplink.ts';
import { Random } from '../../../runtime/durable/memory/random.ts';
import { aLease } from '../../unit/edge/events.ts';
import { FarPlatform, LinkTime, outOfOrder } from '../../unit/edge/platform/link.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
const machines = 2000;
const eventsPerSecond = 10;

describe(`a datacenter whose line is cut for an hour, with flaps (seed ${seed})`, () => {
  const random = new Random(seed);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-wan-'));
  const time = new LinkTime();
  const platform = new FarPlatform(time);
  const numbers = new Map<number, number>();
  const written: string[] = [];
  let journal: Journal;
  let uplink: Uplink;

  const start = () => {
    journal = new Journal({ file: path.join(folder, 'journal.db'), maxBytes: 256_000_000 });
    uplink = new Uplink({ journal, platform, time, log: silentEdgeLog, datacenter: 'dc-nyc-01' });
    uplink.start();
  };
  const stop = () => {
    uplink.stop();
    journal.close();
  };
  beforeAll(start);
  afterAll(() => {
    stop();
    rmSync(folder, { recursive: true });
  });

  /** Machines go on asking for addresses, second by second. */
  async function live(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      const events = Array.from({ length: eventsPerSecond }, () => {
        const machine = random.below(machines);
        const number = (numbers.get(machine) ?? 0) + 1;
        numbers.set(machine, number);
        return aLease(machine, number);
      });
      await Promise.all(events.map((event) => journal.append(event)));
      written.push(...events.map(({ id }) => id));
      uplink.notify();
      await time.pass(1);
    }
  }

  it('loses nothing, keeps the order of each machine, and catches up within a minute', async () => {
    await live(60);
    expect(journal.status().events).toBeLessThan(eventsPerSecond * 2);

    platform.isReachable = false;
    for (let flap = 0; flap < 8; flap++) {
      await live(300 + random.below(100));
      // The line comes back for a moment: some batches pass, some are cut off, and of some only the answer is lost.
      platform.isReachable = true;
      platform.losesAnswers = random.below(2) === 0;
      await live(1 + random.below(3));
      platform.isReachable = false;
      platform.losesAnswers = false;
    }
    stop(); // and the agent is started anew in the middle
    start();
    await live(600);
    const buffered = journal.status();

    platform.isReachable = true;
    const backAt = time.now();
    let caughtUp: number | undefined;
    for (let second = 0; second < 120 && caughtUp === undefined; second++) {
      await live(1);
      if (journal.status().events <= eventsPerSecond) caughtUp = (time.now() - backAt) / 1000;
    }
    await time.pass(30);

    const arrived = new Set(platform.taken.map(({ id }) => id));
    const lost = written.filter((id) => !arrived.has(id));
    process.stdout.write(
      `wan: ${written.length} events, ${buffered.events} in the journal ` +
        `(${Math.round(buffered.bytes / 1000)} kB) when the line came back, caught up in ${caughtUp} s, lost ` +
        `${lost.length}, out of order ${outOfOrder(platform.taken).length}, sent again ` +
        `${platform.taken.length - arrived.size} (seed ${seed})\n`,
    );
    expect(lost).toEqual([]);
    expect(outOfOrder(platform.taken)).toEqual([]);
    expect(journal.status()).toMatchObject({ events: 0, deadLetters: 0, superseded: 0 });
    expect(caughtUp).toBeLessThan(60);
  });

  it('drains the backlog of an hour at 50 events a second within a minute', async () => {
    platform.isReachable = false;
    const count = 180_000;
    for (let done = 0; done < count; done += 5000) {
      await Promise.all(
        Array.from({ length: 5000 }, (_, index) =>
          journal.append(aLease((done + index) % machines, 1_000_000 + done + index)),
        ),
      );
    }
    const bytes = journal.status().bytes;
    platform.taken.length = 0;
    const backAt = time.now();
    platform.isReachable = true;
    uplink.notify();
    const began = performance.now();
    while (journal.status().events > 0 && time.now() - backAt < 600_000) await time.pass(1);
    const tookSeconds = (time.now() - backAt) / 1000;
    process.stdout.write(
      `wan: a backlog of ${count} events (${Math.round(bytes / 1e6)} MB) over 200 ms there and back: ` +
        `${tookSeconds} s of line, ${((performance.now() - began) / 1000).toFixed(1)} s of this machine, ` +
        `${platform.taken.length} arrived, out of order ${outOfOrder(platform.taken).length}\n`,
    );
    expect(platform.taken).toHaveLength(count);
    expect(outOfOrder(platform.taken)).toEqual([]);
    expect(tookSeconds).toBeLessThan(60);
  });
});
