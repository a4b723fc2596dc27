import { AppError, type ErrorKind } from '../../shared/kernel/errors/app-error.ts';

const kinds: Readonly<Record<string, ErrorKind>> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  429: 'too-many',
  500: 'bug',
  503: 'unavailable',
};
const slowMilliseconds = 1500;

/** The word after `fail-` anywhere in a request: `503`, `lost`, `slow`. `fail-undo` is a story's, not the request's. */
export const sentinelIn = (text: string): string | undefined => /fail-(?!undo)([a-z0-9]+)/.exec(text)?.[1];

/** Fails or dawdles as the word says; `lost` is up to whoever sends the answer. */
export async function failIfAsked(sentinel: string | undefined): Promise<void> {
  if (sentinel === 'slow') await new Promise((resolve) => setTimeout(resolve, slowMilliseconds));
  const kind = sentinel === undefined ? undefined : kinds[sentinel];
  if (kind)
    throw new AppError({ code: `mock.${sentinel}`, kind, publicMessage: `This fails on request (fail-${sentinel}).` });
}
