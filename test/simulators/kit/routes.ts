import type { SimAnswer, SimContext, SimRequest } from './simulator.ts';

export interface Routed<State> {
  request: SimRequest;
  context: SimContext<State>;
  state: State;
  /** What stood where the pattern has `:name`, decoded. */
  params: Readonly<Record<string, string>>;
}
type Handler<State> = (call: Routed<State>) => SimAnswer | undefined | Promise<SimAnswer | undefined>;

/**
 * A table of calls as a simulator's `handle`: `'GET /rest/tasks/:id'`, `"DELETE /api/Sessions(':id')"`. The
 * first that fits answers; `before` may answer first, which is where the credentials are checked.
 */
export function routes<State>(table: Readonly<Record<string, Handler<State>>>, before?: Handler<State>) {
  const compiled = Object.entries(table).map(([key, handler]) => {
    const [method = '', pattern = ''] = key.split(' ', 2);
    const names = [...pattern.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
    const source = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, "([^/()']+)");
    return { method, handler, names, shape: new RegExp(`^${source}$`) };
  });
  return async (request: SimRequest, context: SimContext<State>): Promise<SimAnswer | undefined> => {
    for (const { method, shape, names, handler } of compiled) {
      const hit = method === request.method ? shape.exec(request.path) : null;
      if (!hit) continue;
      const params = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(hit[index + 1] ?? '')]));
      const call = { request, context, state: context.state, params };
      return (await before?.(call)) ?? (await handler(call));
    }
    return undefined;
  };
}
