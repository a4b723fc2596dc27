import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { JobQueue } from '../../../../edge/image-jobs/job-queue.ts';
import { silentEdgeLog } from '../../../../edge/kernel/log.ts';
import type { ImageJob } from '../../../../shared/facts/image-job.ts';
import { hours, minutes } from '../../../../shared/kernel/durations.ts';
import { TrackerParts } from '../kit.ts';

const burnIn: ImageJob = { id: 'w1', kind: 'burn-in', seconds: 600 };
const erase: ImageJob = { id: 'w2', kind: 'erase', drives: ['S1'] };
const passed = { subject: 'cpu0', outcome: 'passed', evidence: '12 hashes' } as const;
let parts: TrackerParts;
let queue: JobQueue;
const open = () =>
  new JobQueue({
    store: parts.store,
    emit: parts.emit,
    time: parts.time,
    log: silentEdgeLog,
    datacenter: 'dc-nyc-01',
    onFault: parts.onFault,
  });
beforeEach(() => {
  parts = new TrackerParts();
  queue = open();
});
const add = (job: ImageJob, more: object = {}) => queue.add({ serverId: 'srv-1', job, ...more });
const running = (percent: number) => queue.note('srv-1', 'w1', { state: 'running', percent, results: [] });
const end = (id = 'w1', state: 'done' | 'failed' = 'done') =>
  queue.note('srv-1', id, { state, percent: 100, results: [passed] });
const reported = () => parts.of('job-progress').map(({ jobId, state, percent }) => `${jobId} ${state} ${percent}`);

describe('a job of a validation image', () => {
  it('is handed out to its server until its end is heard, then the next one is', async () => {
    add(burnIn);
    add(erase);
    expect([await queue.next('srv-1'), await queue.next('srv-1'), await queue.next('srv-2')]).toEqual([
      burnIn,
      burnIn,
      undefined,
    ]);
    await end();
    expect(await queue.next('srv-1')).toEqual(erase);
    await end('w2', 'failed');
    expect(await queue.next('srv-1')).toBeUndefined();
    expect(reported()).toEqual(['w1 running 0', 'w1 done 100', 'w2 running 0', 'w2 failed 100']);
    expect(parts.of('job-progress')[1]).toMatchObject({
      serverId: 'srv-1',
      jobKind: 'burn-in',
      results: [passed],
      id: 'job-w1-done',
    });
    expect(queue.status('w1')).toMatchObject({ state: 'done', percent: 100, results: [passed] });
  });

  it('is one job however often it is added, and never another under the same id', () => {
    expect([add(burnIn), add(burnIn)]).toEqual(['added', 'known']);
    expect(() => add({ ...burnIn, seconds: 1 })).toThrow(
      expect.objectContaining({ code: 'job.id-taken', kind: 'conflict' }),
    );
    expect(() => queue.add({ serverId: 'srv-2', job: burnIn })).toThrow(
      expect.objectContaining({ code: 'job.id-taken' }),
    );
  });

  it('is not given again after its end', async () => {
    add(burnIn);
    await queue.next('srv-1');
    await end();
    expect(add(burnIn)).toBe('known');
    expect(await queue.next('srv-1')).toBeUndefined();
  });

  it('is refused where the image could not read it', () => {
    expect(() => add({ ...erase, drives: ['S1; reboot'] })).toThrow();
    expect(queue.status('w2')).toBeUndefined();
  });

  it('is reported once a minute at most while it runs', async () => {
    add(burnIn);
    await queue.next('srv-1');
    for (let percent = 0; percent < 30; percent++) {
      await running(percent);
      await parts.time.pass(10);
    }
    expect(reported()).toEqual(['w1 running 0', 'w1 running 6', 'w1 running 12', 'w1 running 18', 'w1 running 24']);
    expect(queue.status('w1')?.percent).toBe(29);
  });

  it('ends once, whatever the image says again because its answer was lost', async () => {
    add(burnIn);
    await queue.next('srv-1');
    expect([await end(), await end(), await running(50)]).toEqual(['noted', 'noted', 'noted']);
    expect(reported()).toEqual(['w1 running 0', 'w1 done 100']);
  });

  it('is nobody else’s: another server’s word about it is none', async () => {
    add(burnIn);
    expect(await queue.note('srv-2', 'w1', { state: 'done', percent: 100, results: [] })).toBe('unknown');
    expect(await queue.note('srv-1', 'w9', { state: 'done', percent: 100, results: [] })).toBe('unknown');
    expect(queue.status('w1')?.state).toBe('waiting');
  });

  it('has not ended before that can be reported', async () => {
    add(burnIn);
    await queue.next('srv-1');
    parts.isJournalFull = true;
    await expect(end()).rejects.toThrow('the journal is full');
    expect(queue.status('w1')?.state).toBe('running');
    parts.isJournalFull = false;
    await end();
    expect(queue.status('w1')?.state).toBe('done');
  });
});

describe('cancelling a job', () => {
  it('ends one that was not begun', async () => {
    add(burnIn);
    expect([await queue.cancel('w1'), await queue.cancel('w1'), await queue.cancel('w9')]).toEqual([
      'cancelled',
      'ended',
      'unknown',
    ]);
    expect(await queue.next('srv-1')).toBeUndefined();
    expect(reported()).toEqual(['w1 cancelled 0']);
  });

  it('cannot stop one that runs, but it is not begun again when its server was restarted', async () => {
    add(burnIn);
    add(erase);
    await queue.next('srv-1');
    expect(await queue.cancel('w1')).toBe('running');
    expect(await queue.next('srv-1')).toEqual(erase);
    expect(reported()).toEqual(['w1 running 0', 'w1 cancelled 0', 'w2 running 0']);
  });

  it('does not undo the end of one that was through all the same', async () => {
    add(burnIn);
    await queue.next('srv-1');
    await queue.cancel('w1');
    await end();
    expect(queue.status('w1')?.state).toBe('done');
  });
});

describe('what the platform wants of images', () => {
  const later = () => new Date(parts.time.now() + hours(2)).toISOString();
  const want = (...jobs: (ImageJob | { id: string; kind: string })[]) =>
    queue.sync(jobs.map((job) => ({ serverId: 'srv-1', request: { job, expiresAt: later() } })));

  it('is taken once, with the end that the platform has set', async () => {
    await want(burnIn, erase);
    await want(burnIn, erase);
    expect(await queue.next('srv-1')).toEqual(burnIn);
    expect(queue.status('w2')).toMatchObject({
      serverId: 'srv-1',
      job: erase,
      state: 'waiting',
      expiresAt: parts.time.now() + hours(2),
    });
    expect(queue.counts()).toEqual({ running: 1, waiting: 1 });
  });

  it('and wants no more is called off, once', async () => {
    await want(burnIn, erase);
    await queue.next('srv-1');
    await want();
    await want();
    expect(await queue.next('srv-1')).toBeUndefined();
    expect(reported()).toEqual(['w1 running 0', 'w2 cancelled 0', 'w1 cancelled 0']);
  });

  it('and has ended is not begun again while the platform has not heard of its end', async () => {
    await want(burnIn);
    await queue.next('srv-1');
    await end();
    await want(burnIn);
    expect(await queue.next('srv-1')).toBeUndefined();
    expect(reported()).toEqual(['w1 running 0', 'w1 done 100']);
  });

  it('and this release does not know keeps nothing else from being done', async () => {
    await want({ id: 'w9', kind: 'polish' }, erase);
    expect(await queue.next('srv-1')).toEqual(erase);
    expect(parts.faults).toEqual([expect.stringContaining('w9 (polish)')]);
  });

  it('no more, and cannot be said to be called off, is called off the next time', async () => {
    await want(burnIn);
    parts.isJournalFull = true;
    await expect(want()).rejects.toThrow('the journal is full');
    parts.isJournalFull = false;
    await want();
    expect(reported()).toEqual(['w1 cancelled 0']);
  });
});

describe('a job whose time is up', () => {
  it('is never begun: the server may be somebody else’s by now', async () => {
    add(erase, { expiresAt: parts.time.now() + hours(1) });
    await parts.time.pass(3600);
    expect(await queue.next('srv-1')).toBeUndefined();
    expect(reported()).toEqual(['w2 expired 0']);
  });

  it('ends although no image ever asks', async () => {
    queue.start();
    add(erase, { expiresAt: parts.time.now() + minutes(10) });
    await parts.time.pass(11 * 60);
    expect(reported()).toEqual(['w2 expired 0']);
    queue.stop();
  });

  it('has not ended while its image is heard, and does when it falls silent', async () => {
    queue.start();
    add(burnIn, { expiresAt: parts.time.now() + minutes(10) });
    await queue.next('srv-1');
    for (let minute = 0; minute < 90; minute++) {
      await parts.time.pass(60);
      await running(minute);
    }
    expect(queue.status('w1')?.state).toBe('running');
    await parts.time.pass(62 * 60);
    expect(queue.status('w1')?.state).toBe('expired');
    queue.stop();
  });

  it('is a day old where nobody said when', async () => {
    add(burnIn);
    await parts.time.pass(24 * 3600);
    expect(await queue.next('srv-1')).toBeUndefined();
  });
});

describe('an agent that is started again', () => {
  it('still has its jobs, and takes their end', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-jobs-'));
    try {
      parts = new TrackerParts(path.join(folder, 'memory.db'));
      queue = open();
      add(burnIn);
      add(erase);
      await queue.next('srv-1');
      parts.restart();
      queue = open();
      expect(queue.counts()).toEqual({ running: 1, waiting: 1 });
      await end();
      expect(await queue.next('srv-1')).toEqual(erase);
      parts.store.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
