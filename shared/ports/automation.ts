import type { Submitted } from './outcome.ts';

/** Playbooks (AWX): hardening, burn-in, compliance. */
export interface Automation {
  /**
   * Launches the named job template against one host and answers when it has ended well. `correlationId` is
   * sent as an extra variable, and found again before anything is launched a second time.
   */
  runPlaybook(job: {
    template: string;
    host: string;
    correlationId: string;
    variables: Record<string, string>;
    ticket?: string;
  }): Promise<Submitted<{ jobId: string; artifacts: Record<string, unknown> }>>;
  /** Ends the job if it still runs, and says whether there ever was one: what never ran has changed nothing. */
  cancel(job: { template: string; host: string; correlationId: string }): Promise<{ wasLaunched: boolean }>;
  removeHost(host: string): Promise<void>;
}
