import { z } from 'zod';

/** What should go wrong, where, and how often. Set through the lab's own API or by a test. */
export const FaultSwitch = z.object({
  system: z.string(),
  method: z.string().optional(),
  /** A regular expression over the path below the mount point. */
  path: z.string().default('.'),
  /** Skips this many matching requests first. */
  after: z.number().int().min(0).default(0),
  /** How many requests it spoils; then it is gone. */
  times: z.number().int().min(1).default(1),
  fault: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('status'),
      status: z.number().int().min(400).max(599),
      body: z.unknown().optional(),
      retryAfterSeconds: z.number().optional(),
    }),
    z.object({ kind: z.literal('slow'), milliseconds: z.number().int().min(0) }),
    /** The connection breaks before the system has seen the request. */
    z.object({ kind: z.literal('refused-connection') }),
    /** The system does what was asked; the answer never arrives. */
    z.object({ kind: z.literal('lost-answer') }),
    z.object({ kind: z.literal('garbled-answer') }),
  ]),
});
export type FaultSwitch = z.infer<typeof FaultSwitch>;
export type Fault = FaultSwitch['fault'];

export class Faults {
  #switches: FaultSwitch[] = [];

  set(fault: z.input<typeof FaultSwitch>): void {
    this.#switches.push(FaultSwitch.parse(fault));
  }
  clear(): void {
    this.#switches = [];
  }
  list(): readonly FaultSwitch[] {
    return this.#switches;
  }
  /** The fault this request meets, used up by asking. */
  take(system: string, method: string, path: string): Fault | undefined {
    const hit = this.#switches.find(
      (each) => each.system === system && (each.method ?? method) === method && new RegExp(each.path).test(path),
    );
    if (!hit) return undefined;
    if (hit.after > 0) {
      hit.after -= 1;
      return undefined;
    }
    hit.times -= 1;
    if (hit.times === 0) this.#switches = this.#switches.filter((each) => each !== hit);
    return hit.fault;
  }
}
