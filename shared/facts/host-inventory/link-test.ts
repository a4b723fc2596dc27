import type { JobResult } from '../image-job.ts';

/**
 * What a link test found out about one port. What the image does not say, or says in words nobody knows, is left out.
 */
export interface TestedLink {
  /** As the machine's own system names it. */
  port: string;
  hasPassed: boolean;
  /** The image's own words. */
  said: string;
  isUp?: boolean;
  speedMbps?: number;
  /** Packets: only a port with an address sends any. */
  sent?: number;
  lost?: number;
  /** That the port has counted meanwhile. */
  errors?: number;
}

const figures = /^(\d+|unknown) Mb\/s, (\d+) of (\d+) packets lost, (\d+) errors counted$/;

/** `no link`, or `25000 Mb/s, 0 of 200 packets lost, 0 errors counted`. */
export function readTestedLink({ subject, outcome, evidence }: JobResult): TestedLink {
  const link = { port: subject, hasPassed: outcome === 'passed', said: evidence };
  if (evidence === 'no link') return { ...link, isUp: false };
  const [, speed, lost, sent, errors] = figures.exec(evidence) ?? [];
  if (speed === undefined) return link;
  return {
    ...link,
    isUp: true,
    ...(speed !== 'unknown' && { speedMbps: Number(speed) }),
    sent: Number(sent),
    lost: Number(lost),
    errors: Number(errors),
  };
}
