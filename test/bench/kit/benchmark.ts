import type { Closing } from './closing.ts';
import type { Report } from './report.ts';

export interface Benchmark {
  /** As it is asked for: npm run bench <name>. */
  name: string;
  /** One line: what is measured. */
  about: string;
  /** `closing` is closed when it has ended, and when the user interrupts it. `say` tells how far it has come. */
  run(closing: Closing, say: (line: string) => void): Promise<Report>;
}
