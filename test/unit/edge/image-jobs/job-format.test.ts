import { describe, expect, it } from '@jest/globals';
import { jobText, JobProgress } from '../../../../edge/image-jobs/job-format.ts';
import type { ImageJob } from '../../../../shared/facts/image-job.ts';

describe('a job for a booted image', () => {
  it.each<[ImageJob, string]>([
    [{ id: 'w1', kind: 'burn-in', seconds: 600 }, 'id=w1\nkind=burn-in\nseconds=600\n'],
    [
      { id: 'w2', kind: 'link-test', target: '10.0.0.1', count: 100 },
      'id=w2\nkind=link-test\ntarget=10.0.0.1\ncount=100\n',
    ],
    [{ id: 'w4', kind: 'link-test', count: 100 }, 'id=w4\nkind=link-test\ncount=100\n'],
    [{ id: 'w3', kind: 'erase', drives: ['S1', 'S2'] }, 'id=w3\nkind=erase\ndrive=S1\ndrive=S2\n'],
  ])('is written as lines that a shell can read: %j', (job, text) => {
    expect(jobText(job)).toBe(text);
  });

  it.each<[ImageJob, string]>([
    [{ id: 'w1', kind: 'link-test', count: 100 }, 'id=w1\nkind=link-test\ntarget=10.20.0.2\ncount=100\n'],
    [
      { id: 'w2', kind: 'link-test', target: '10.0.0.1', count: 100 },
      'id=w2\nkind=link-test\ntarget=10.0.0.1\ncount=100\n',
    ],
    [{ id: 'w3', kind: 'burn-in', seconds: 600 }, 'id=w3\nkind=burn-in\nseconds=600\n'],
  ])('has packets sent to the agent where nobody says where to: %j', (job, text) => {
    expect(jobText(job, '10.20.0.2')).toBe(text);
  });

  it.each<[string, ImageJob]>([
    ['a command in a serial number', { id: 'w', kind: 'erase', drives: ['S1; reboot'] }],
    ['a line break in an id', { id: 'w\nkind=erase', kind: 'burn-in', seconds: 1 }],
    ['no drive at all', { id: 'w', kind: 'erase', drives: [] }],
  ])('is refused with %s', (_what, job) => {
    expect(() => jobText(job)).toThrow();
  });

  it('comes back with what was found, and takes no unknown word for a success', () => {
    const results = Buffer.from('S1\terased\tnvme-sanitize-block, all marks gone\nS2\tmaybe\todd\n').toString('base64');
    expect(JobProgress.parse({ state: 'failed', percent: 100, results })).toEqual({
      state: 'failed',
      percent: 100,
      results: [
        { subject: 'S1', outcome: 'erased', evidence: 'nvme-sanitize-block, all marks gone' },
        { subject: 'S2', outcome: 'failed', evidence: 'odd' },
      ],
    });
  });
});
