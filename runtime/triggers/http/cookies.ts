import { z } from 'zod';

/** A cookie as the library answers it, every scalar wrapped because the wire format knows no null. */
export const RpcCookie = z.object({
  name: z.string(),
  value: z.string(),
  domain: z.object({ value: z.string() }).nullish(),
  path: z.object({ value: z.string() }).nullish(),
  expires: z.object({ value: z.object({ seconds: z.coerce.number() }) }).nullish(),
  maxAge: z.object({ value: z.number() }).nullish(),
  secure: z.object({ value: z.boolean() }).nullish(),
  httpOnly: z.object({ value: z.boolean() }).nullish(),
  /** `none` means nobody set it; SameSite=None is `explicitNone`. */
  sameSite: z.enum(['none', 'lax', 'strict', 'explicitNone']).nullish(),
});
export type RpcCookie = z.infer<typeof RpcCookie>;

const sameSiteText = { lax: 'lax', strict: 'strict', explicitNone: 'none', none: undefined } as const;

/** The text of one `set-cookie` header (RFC 6265). */
export function cookieHeader(cookie: RpcCookie): string {
  const sameSite = sameSiteText[cookie.sameSite ?? 'none'];
  return [
    `${cookie.name}=${encodeURIComponent(cookie.value)}`,
    cookie.maxAge && `max-age=${Math.floor(cookie.maxAge.value)}`,
    cookie.domain?.value && `domain=${cookie.domain.value}`,
    cookie.path?.value && `path=${cookie.path.value}`,
    cookie.expires && `expires=${new Date(cookie.expires.value.seconds * 1000).toUTCString()}`,
    cookie.httpOnly?.value && 'httponly',
    cookie.secure?.value && 'secure',
    sameSite && `samesite=${sameSite}`,
  ]
    .filter(Boolean)
    .join('; ');
}
