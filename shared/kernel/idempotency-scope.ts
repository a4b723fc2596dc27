import { AsyncLocalStorage } from 'node:async_hooks';

const asking = new AsyncLocalStorage<{ name: string; calls: Map<string, number> }>();

/** Names what `work` is an attempt at: another attempt at the same has the same name. */
export const inIdempotencyScope = <T>(name: string, work: () => Promise<T>): Promise<T> =>
  asking.run({ name, calls: new Map() }, work);

/**
 * A name for a call to the outside that another attempt at the same asking gives to the same call: what may be done
 * once only is recognised by it. Undefined where nobody said what is being asked.
 */
export function callKey(about: string): string | undefined {
  const store = asking.getStore();
  if (!store) return undefined;
  const count = (store.calls.get(about) ?? 0) + 1;
  store.calls.set(about, count);
  return `${store.name} ${about} #${count}`;
}
