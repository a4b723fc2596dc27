import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { frugalFlags } from './child.ts';
import type * as edgeAgents from './edge-agents.ts';
import type * as seed from './seed.ts';

/** What only a start needs. */
interface Modules {
  './seed.ts': typeof seed;
  './edge-agents.ts': typeof edgeAgents;
}
type Input<F> = F extends (...input: infer I) => unknown ? I : never;
type Output<F> = F extends (...input: never[]) => Promise<infer O> ? O : never;

export interface Request {
  module: string;
  name: string;
  input: unknown[];
}
export type Reply = { output: unknown } | { error: string };

/**
 * Calls a function in a process of its own: what it needs of memory, the supervisor would hold for as long as it runs.
 * Throws what it threw, as words.
 */
export async function apart<M extends keyof Modules, N extends keyof Modules[M] & string>(
  module: M,
  name: N,
  ...input: Input<Modules[M][N]>
): Promise<Output<Modules[M][N]>> {
  const child = fork(fileURLToPath(new URL('apart-process.ts', import.meta.url)), {
    execArgv: frugalFlags,
    serialization: 'advanced',
  });
  const replies: Reply[] = [];
  child.on('message', (said) => replies.push(said as Reply));
  child.send({ module, name, input } satisfies Request);
  await once(child, 'close');
  const [reply = { error: `${name} ended before it was done` }] = replies;
  if ('error' in reply) throw new Error(reply.error);
  return reply.output as Output<Modules[M][N]>;
}
