import { afterEach, describe, expect, it } from '@jest/globals';
import { Journal, JournalFull } from '../../../../edge/kernel/journal.ts';
import type { EdgeEvent } from '../../../../shared/domain/edge/edge.api.ts';
import { aLease, idsOf, macOf, nyc } from '../events.ts';

const open: Journal[] = [];
function aJournal(maxBytes = 1_000_000): Journal {
  const journal = new Journal({ file: ':memory:', maxBytes });
  open.push(journal);
  return journal;
}
afterEach(() => open.splice(0).forEach((journal) => journal.close()));

const nobody = new Set<string>();
const all = (journal: Journal, busy: ReadonlySet<string> = nobody) =>
  journal.next({ limit: 1000, maxBytes: 10_000_000, busy });
const waiting = (journal: Journal, busy?: ReadonlySet<string>) => idsOf(all(journal, busy).map(({ event }) => event));
/** What one event of these tests takes, the row's own cost included. */
async function costOfOne(): Promise<number> {
  const journal = aJournal();
  await journal.append(aLease(1, 1));
  return journal.status().bytes;
}

describe('the journal', () => {
  it('hands out what it was given, in order', async () => {
    const journal = aJournal();
    await Promise.all([aLease(1, 1), aLease(2, 1), aLease(1, 2)].map((event) => journal.append(event)));
    expect(waiting(journal)).toEqual(['m1-1', 'm2-1', 'm1-2']);
  });

  it('holds back everything of a machine that has a batch under way', async () => {
    const journal = aJournal();
    for (const event of [aLease(1, 1), aLease(2, 1), aLease(1, 2)]) await journal.append(event);
    expect(waiting(journal, new Set([`mac ${macOf(1)}`]))).toEqual(['m2-1']);
  });

  it('hands out no more than asked, in events and in bytes, but always one', async () => {
    const journal = aJournal();
    for (let number = 1; number <= 5; number++) await journal.append(aLease(number));
    expect(journal.next({ limit: 2, maxBytes: 1_000_000, busy: nobody })).toHaveLength(2);
    expect(journal.next({ limit: 100, maxBytes: 3 * (await costOfOne()), busy: nobody })).toHaveLength(3);
    expect(journal.next({ limit: 100, maxBytes: 1, busy: nobody })).toHaveLength(1);
  });

  it('forgets what the platform has', async () => {
    const journal = aJournal();
    for (const event of [aLease(1, 1), aLease(1, 2)]) await journal.append(event);
    journal.acknowledge(
      all(journal)
        .slice(0, 1)
        .map(({ sequence }) => sequence),
    );
    expect(waiting(journal)).toEqual(['m1-2']);
    journal.acknowledge(all(journal).map(({ sequence }) => sequence));
    expect(journal.status()).toMatchObject({ events: 0, bytes: 0, oldestAt: null });
  });

  it('keeps what the platform refuses, with the reason, out of the way of the rest', async () => {
    const journal = aJournal();
    for (const event of [aLease(1, 1), aLease(1, 2)]) await journal.append(event);
    journal.deadLetter(all(journal)[0]?.sequence ?? 0, 'address: too long', '2026-11-02T08:00:00.000Z');
    expect(waiting(journal)).toEqual(['m1-2']);
    expect(journal.deadLetters(10)).toEqual([
      { event: aLease(1, 1), reason: 'address: too long', at: '2026-11-02T08:00:00.000Z' },
    ]);
    expect(journal.status()).toMatchObject({ events: 1, deadLetters: 1 });
  });

  it('drops superseded events when it is full, and nothing else', async () => {
    const journal = aJournal(4 * (await costOfOne()));
    for (const event of [aLease(1, 1), aLease(2, 1), aLease(1, 2), aLease(3, 1)]) await journal.append(event);
    await journal.append(aLease(4, 1));
    expect(waiting(journal)).toEqual(['m2-1', 'm1-2', 'm3-1', 'm4-1']);
    expect(journal.status()).toMatchObject({ superseded: 1, isFull: false });
  });

  it('gives up readings that were overtaken, never what a machine has logged', async () => {
    const readings = (id: string, messages: string[]): EdgeEvent => ({
      kind: 'bmc-readings',
      id,
      at: '2026-11-02T08:00:00.000Z',
      datacenter: nyc,
      readings: [
        {
          serverId: 'srv-1',
          at: '2026-11-02T08:00:00.000Z',
          health: 'ok',
          log: { entries: messages.map((message) => ({ id: '1', severity: 'critical', message })) },
        },
      ],
    });
    const journal = aJournal(2000);
    await journal.append(readings('logged', ['a fan stopped']));
    for (let look = 1; look <= 20; look++) await journal.append(readings(`look-${look}`, []));
    expect(waiting(journal)).toEqual(expect.arrayContaining(['logged', 'look-20']));
    expect(waiting(journal)).not.toContain('look-1');
  });

  it('lets a machine’s newest replace its last when there is no other room', async () => {
    const journal = aJournal(2 * (await costOfOne()));
    for (const event of [aLease(1, 1), aLease(2, 1), aLease(1, 2)]) await journal.append(event);
    expect(waiting(journal)).toEqual(['m2-1', 'm1-2']);
  });

  it('rejects events when it is full, and accepts them again once the platform has accepted some', async () => {
    const journal = aJournal(2 * (await costOfOne()));
    for (const event of [aLease(1, 1), aLease(2, 1)]) await journal.append(event);
    await expect(journal.append(aLease(3, 1))).rejects.toThrow(JournalFull);
    expect(journal.status()).toMatchObject({ events: 2, isFull: true, superseded: 0 });
    journal.acknowledge([all(journal)[0]?.sequence ?? 0]);
    expect(journal.status().isFull).toBe(false);
    await journal.append(aLease(3, 1));
    expect(waiting(journal)).toEqual(['m2-1', 'm3-1']);
  });

  it('takes those of one turn for which there is room, and turns only the others away', async () => {
    const journal = aJournal(2 * (await costOfOne()));
    const outcomes = await Promise.allSettled([1, 2, 3].map((machine) => journal.append(aLease(machine))));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(waiting(journal)).toEqual(['m1-1', 'm2-1']);
  });

  it('gives nothing up for an event that would not fit even then', async () => {
    const journal = aJournal(2 * (await costOfOne()));
    for (const event of [aLease(1, 1), aLease(1, 2)]) await journal.append(event);
    await expect(
      journal.append({ ...aLease(1, 3), address: 'x'.repeat(5000) } as ReturnType<typeof aLease>),
    ).rejects.toThrow(JournalFull);
    expect(waiting(journal)).toEqual(['m1-1', 'm1-2']);
  });

  it('names moments that only grow, also when the clock is set back', () => {
    const journal = aJournal();
    expect([1000, 1000, 400, 2000].map((now) => journal.momentFor(now))).toEqual([1000, 1001, 1002, 2000]);
  });
});
