// The other side of apart.ts: does one thing, says what came of it, and ends.
import type { Reply, Request } from './apart.ts';

process.once('message', (asked) => {
  const { module, name, input } = asked as Request;
  const say = (reply: Reply) => process.send?.(reply, () => process.disconnect());
  const work = async (): Promise<unknown> =>
    ((await import(module)) as Record<string, (...input: unknown[]) => Promise<unknown>>)[name]?.(...input);
  work().then(
    (output) => say({ output }),
    (error: unknown) => say({ error: error instanceof Error ? error.message : String(error) }),
  );
});
