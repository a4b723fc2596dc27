import type { Submitted } from './outcome.ts';

/** Playbooks (AWX): hardening, burn-in, compliance. */
export interface Automation {
  /**
   * Launches the named job template against one host and answers when it has ended well. `correlationId` is
   * sent as an extra variable, and found again before anything is launched a second time.
   */
  runPlaybook(job: { template: string; host: string; correlationId: string; variables: Record<string, string>; ticket?: string }): Promise<Submitted<{ jobId: string; artifacts: Record<string, unknown> }>>;
  cancel(correlationId: string): Promise<void>;
  removeHost(host: string): Promise<void>;
}
