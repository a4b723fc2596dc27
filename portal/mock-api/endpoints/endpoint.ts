import type { z } from 'zod';
import type { Action, Caller } from '../../../shared/access/caller.ts';
import { AppError } from '../../../shared/kernel/errors/app-error.ts';
import type { MockPlatform } from '../platform.ts';
import type { Teller } from '../stories/teller.ts';

export interface MockContext {
  platform: MockPlatform;
  /** For a story that begins now. */
  teller(): Teller;
}

export interface MockInput<Q, B> extends MockContext {
  caller: Caller;
  id: string;
  query: Q;
  body: B;
}

export interface Endpoint<
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  A extends z.ZodType = z.ZodType,
> {
  /** As the platform's, below /api: `POST /v1/orders/{id}/cancel`. */
  route: `${'GET' | 'POST'} /v1/${string}`;
  query?: Q;
  body?: B;
  answer: A;
  status?: number;
  needs: Action | readonly Action[] | null;
  handle(input: MockInput<z.output<Q>, z.output<B>>): z.input<A>;
}
export type AnyEndpoint = Omit<Endpoint, 'handle'> & { handle(input: MockInput<never, never>): unknown };

export const endpoint = <Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType>(
  declaration: Endpoint<Q, B, A>,
): Endpoint<Q, B, A> => declaration;

/** What a caller may see of a thing, or the same 404 as for no thing at all. */
export function seen<T>(what: string, id: string, thing: T | undefined, may: (thing: T) => boolean): T {
  if (thing !== undefined && may(thing)) return thing;
  throw new AppError({ code: `${what}.unknown`, kind: 'not-found', publicMessage: `There is no ${what} ${id}.` });
}

export const conflict = (code: string, publicMessage: string): AppError =>
  new AppError({ code, kind: 'conflict', publicMessage });

/** The newest first, cut at a cursor that is an id. */
export function newestFirst<T>(
  things: Iterable<T>,
  idOf: (thing: T) => string,
  { after, limit }: { after?: string | undefined; limit: number },
): { items: T[]; next: string | null } {
  const sorted = [...things]
    .sort((a, b) => (idOf(a) < idOf(b) ? 1 : -1))
    .filter((thing) => after === undefined || idOf(thing) < after);
  const items = sorted.slice(0, limit);
  const last = items.at(-1);
  return { items, next: sorted.length > limit && last !== undefined ? idOf(last) : null };
}
