import { useParams, useSearch } from '@tanstack/react-router';

/** The part of the address that names the thing the page is about. */
export function useIdInPath(): string {
  const { id }: { id?: unknown } = useParams({ strict: false });
  if (typeof id !== 'string') throw new Error('This page has no id in its address.');
  return id;
}

/** What the page keeps in its address, so that it can be shared, reloaded and gone back to. */
export function useUrlState<K extends string>(...keys: readonly K[]): { readonly [key in K]: string | undefined } {
  const search: Record<string, unknown> = useSearch({ strict: false });
  const entries = keys.map((key) => [key, typeof search[key] === 'string' ? search[key] : undefined] as const);
  return Object.fromEntries(entries) as { [key in K]: string | undefined };
}
