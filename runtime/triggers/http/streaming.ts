import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { FunctionsCore } from '../../core/functions-core.ts';
import { BodyTooLarge, discardRest, limitBody } from './body.ts';
import { tieToReader } from './streamed-body.ts';
import type { Target } from './target.ts';

interface Exchange {
  body: Readable;
  res: ServerResponse;
  error: unknown;
}

/** What our hook reads of a postInvocation context, and what it may replace. */
const Outcome = z.object({ invocationContext: z.object({ invocationId: z.string() }) });

/**
 * Requests on their way through the library's proxy: the function reads from our request and the library writes
 * to our response.
 */
export class Streaming {
  readonly #proxy: Server;
  readonly #exchanges = new Map<string, Exchange>();

  /** After the app is loaded, so that our hook is the last to see a function's outcome. */
  constructor(core: FunctionsCore, proxy: Server) {
    this.#proxy = proxy;
    core.module.registerHook('postInvocation', (context) => this.#settle(context));
  }

  /** Hands the request over; the invocation of that id will find it. Throws BodyTooLarge. */
  begin(invocationId: string, req: IncomingMessage, res: ServerResponse, target: Target, maxBodyBytes: number): void {
    const [scheme = 'http', host = ''] = target.origin.split('://');
    const headers = { ...req.headers, 'x-ms-invocation-id': invocationId, 'x-forwarded-proto': scheme, 'x-forwarded-host': host };
    const body = limitBody(req, maxBodyBytes);
    res.once('finish', () => discardRest(body)); // what the function left unread is in the way of the next request
    this.#exchanges.set(invocationId, { body, res, error: undefined });
    this.#proxy.emit('request', Object.assign(body, { headers, url: target.path + target.query, method: req.method }), res);
  }

  /** Call when the invocation is over. Answers what the function threw, if it did. */
  end(invocationId: string): unknown {
    const error = this.#exchanges.get(invocationId)?.error;
    this.#exchanges.delete(invocationId);
    return error;
  }

  /**
   * The library answers only what a function returned: for one that threw or returned nothing it would leave the
   * request hanging, and keep it for ever. So both become answers here, after all other hooks have seen them.
   */
  #settle(context: object): void {
    if (this.#exchanges.size === 0) return;
    const exchange = this.#exchanges.get(Outcome.parse(context).invocationContext.invocationId);
    if (!exchange) return; // not one of ours: a timer, an activity
    const { result, error }: { result?: unknown; error?: unknown } = context;
    if (error !== null && error !== undefined) {
      const isTooLarge = exchange.body.errored instanceof BodyTooLarge;
      if (isTooLarge) exchange.res.setHeader('connection', 'close'); // the rest of the body is not waited for
      exchange.error = error;
      Object.assign(context, { error: null, result: { status: isTooLarge ? 413 : 500 } });
    } else {
      Object.assign(context, { result: tieToReader(result ?? { status: 204 }, exchange.res) });
    }
  }
}
