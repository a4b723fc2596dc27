import type { HostLog } from '../../../../runtime/core/log.ts';
import type { Time } from '../../../../runtime/core/time.ts';

/** Lets everything happen that needs no time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits for a condition that needs no time, only turns of the event loop or of a socket. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

/** A clock that stands still until it is told to go on. */
export class CommandedTime implements Time {
  #now: number;
  #due: { at: number; run: () => void | Promise<void> }[] = [];

  constructor(start: string | number = '2026-01-05T12:00:00Z') {
    this.#now = typeof start === 'string' ? Date.parse(start) : start;
  }

  now(): number {
    return this.#now;
  }

  schedule(at: number, run: () => void | Promise<void>): () => void {
    const entry = { at, run };
    this.#due.push(entry);
    return () => void (this.#due = this.#due.filter((each) => each !== entry));
  }

  /** Goes on to the moment, stopping wherever something is due. */
  async to(moment: string | number): Promise<void> {
    const target = typeof moment === 'string' ? Date.parse(moment) : moment;
    for (;;) {
      await settle();
      const next = this.#due.filter(({ at }) => at <= target).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#due = this.#due.filter((each) => each !== next);
      this.#now = Math.max(this.#now, next.at);
      await next.run();
    }
    this.#now = target;
    await settle();
  }

  by(milliseconds: number): Promise<void> {
    return this.to(this.#now + milliseconds);
  }
}

export interface RecordedLog extends HostLog {
  readonly lines: { level: string; message: string; fields: object }[];
}

export function recordedLog(): RecordedLog {
  const lines: RecordedLog['lines'] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, message, fields });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
