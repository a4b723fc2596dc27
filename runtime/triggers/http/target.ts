import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

/** What a request asks for. */
export interface Target {
  /** As users see it: `https://rackline.example`. */
  origin: string;
  /** Still percent-encoded, without dot segments. */
  path: string;
  /** With its `?`, or empty. */
  query: string;
}

/** Undefined for a request line or a Host header that makes no URL. */
export function readTarget(req: IncomingMessage, publicOrigin: string | undefined): Target | undefined {
  const host = req.headers.host ?? `${req.socket.localAddress}:${req.socket.localPort}`;
  const origin = publicOrigin ?? `${req.socket instanceof TLSSocket ? 'https' : 'http'}://${host}`;
  const url = req.url ?? '/';
  const isPlain =
    /^[\w.:[\]-]+$/.test(host) && url.startsWith('/') && !url.startsWith('//') && !/\/\.|%2e|[\\#]/i.test(url);
  if (isPlain) {
    const queryAt = url.indexOf('?');
    return queryAt < 0
      ? { origin, path: url, query: '' }
      : { origin, path: url.slice(0, queryAt), query: url.slice(queryAt) };
  }
  // Dot segments, absolute and odd forms: the URL standard knows what they mean.
  const parsed = URL.parse(url.replace(/^\/{2,}/, '/'), URL.canParse(origin) ? origin : undefined);
  return parsed && /^https?:$/.test(parsed.protocol) && URL.canParse(origin)
    ? { origin, path: parsed.pathname, query: parsed.search }
    : undefined;
}
