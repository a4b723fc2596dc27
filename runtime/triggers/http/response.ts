import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { cookieHeader, RpcCookie } from './cookies.ts';

const RpcResponse = z.object({
  statusCode: z.coerce.number().int(),
  headers: z.record(z.string(), z.string()),
  cookies: z.array(RpcCookie),
  body: z.object({ bytes: z.instanceof(Uint8Array) }).nullish(),
});

/** Between two neighbours only, and so not the function's to send. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'trailers',
  'transfer-encoding',
  'upgrade',
]);

/** Sends what a function returned, as the library put it; nothing returned is a 204. */
export function sendResponse(res: ServerResponse, http: unknown): void {
  if (http === undefined || http === null) return void res.writeHead(204).end();
  const { statusCode, headers, cookies, body } = RpcResponse.parse(http);
  for (const [name, value] of Object.entries(headers)) if (!hopByHop.has(name)) res.setHeader(name, value);
  // Cookies in the array and one in a header may both be meant.
  if (cookies.length > 0) res.appendHeader('set-cookie', cookies.map(cookieHeader));
  if (res.req.method !== 'HEAD' && statusCode !== 204 && statusCode !== 304)
    res.setHeader('content-length', body?.bytes.length ?? 0);
  res.writeHead(statusCode).end(body?.bytes);
}
