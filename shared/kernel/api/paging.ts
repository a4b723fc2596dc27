import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';

/** Every list takes these and answers `items` and, where there are more, `next` to be sent back as `after`. */
export const PageQuery = z.object({
  limit: z.coerce.number<number | string>().int().min(1).max(200).default(50),
  after: z.string().max(200).optional(),
});
export const page = <S extends z.ZodType>(item: S) => z.object({ items: z.array(item), next: z.string().nullable() });

/** Cuts a list that was read one longer than asked for. */
export function cut<T>(
  items: readonly T[],
  limit: number,
  cursor: (last: T) => string,
): { items: T[]; next: string | null } {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown, next: items.length > limit && last !== undefined ? cursor(last) : null };
}

/** For lists ordered by a time: `2026-…Z/id` and back. */
export const timeCursor = (at: string, id: string): string => `${at}/${id}`;
export function readTimeCursor(text: string | undefined): { at: string; id: string } | undefined {
  if (text === undefined) return undefined;
  const [, at, id] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z)\/(.+)$/.exec(text) ?? [];
  if (at && id && !Number.isNaN(Date.parse(at))) return { at, id };
  throw new AppError({
    code: 'input.bad-cursor',
    kind: 'invalid',
    publicMessage: 'The query is not as it should be: after: must be the `next` of the page before.',
    complaints: [{ where: 'after', what: 'must be the `next` of the page before' }],
  });
}

/** For lists ordered by a number. */
export const numberCursor = z.coerce
  .number<number | string>({ error: 'must be the `next` of the page before' })
  .int('must be the `next` of the page before')
  .min(0)
  .optional();
