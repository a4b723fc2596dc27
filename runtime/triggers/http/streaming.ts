import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { FunctionsCore } from '../../core/functions-core.ts';
import { BodyTooLarge, limitBody } from './body.ts';
import { tieToReader } from './streamed-body.ts';
import type { Target } from './target.ts';

interface Exchange {
  body: Readable;
  res: ServerResponse;
  /** What the function threw. */
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
    const headers = {
      ...req.headers,
      'x-ms-invocation-id': invocationId,
      'x-forwarded-proto': scheme,
      'x-forwarded-host': host,
    };
    const body = limitBody(req, maxBodyBytes);
    this.#exchanges.set(invocationId, { body, res, error: undefined });
    this.#proxy.emit(
      'request',
      Object.assign(body, { headers, url: target.path + target.query, method: req.method }),
      res,
    );
  }

  /**
   * Call when the invocation is over. Answers what the function threw, if it did; and whether that was only that its
   * request broke off.
   */
  end(invocationId: string): { error: unknown; isBrokenOff: boolean } {
    const exchange = this.#exchanges.get(invocationId);
    this.#exchanges.delete(invocationId);
    return {
      error: exchange?.error,
      isBrokenOff: exchange?.error !== undefined && exchange.error === exchange.body.errored,
    };
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
    if (exchange.body.errored instanceof BodyTooLarge) {
      Object.assign(context, { error: null, result: { status: 413 } }); // whatever the function made of half a body
    } else if (error !== null && error !== undefined) {
      exchange.error = error;
      Object.assign(context, { error: null, result: { status: 500 } });
    } else {
      Object.assign(context, { result: tieToReader(result ?? { status: 204 }, exchange.res) });
    }
  }
}
