import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import {
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  BrokenCircuitError,
  BulkheadRejectedError,
  handleWhen,
  wrap,
} from 'cockatiel';
import { request, type Dispatcher } from 'undici';
import type { z } from 'zod';
import { AppError } from '../errors/app-error.ts';
import { parse } from '../errors/parse.ts';
import { connectionsFor, ForbiddenAddress, type MayConnect, type TlsChoice } from './connections.ts';
import { CallFailed, failureOfStatus, isFailure, type Failure } from './failure.ts';
import { BadLink, followLink, type OtherHosts } from './link.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What may come back, by status. Everything else is thrown as a CallFailed. */
export type Answers = Readonly<Record<number, z.ZodType>>;
export type Answer<A extends Answers> = {
  [S in keyof A]: { status: S; body: z.infer<A[S]>; headers: Readonly<Record<string, string>> };
}[keyof A];

export interface Call<A extends Answers> {
  method: Method;
  /** Below the base address, or a link as the system handed it out: `followLink` says where it leads. */
  path: string;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  headers?: Readonly<Record<string, string>>;
  /** Objects are sent as JSON; strings and bytes as they are (name the type in `headers`). */
  body?: unknown;
  answers: A;
  /** True when doing it twice is the same as once. GET, PUT and DELETE are; a POST has to say so. */
  repeatable?: boolean;
  timeoutMilliseconds?: number;
  /** Once it is aborted, nothing more is sent and an answer is no longer waited for. */
  signal?: AbortSignal;
  /** False for the call that itself obtains the credentials. */
  authenticated?: boolean;
  /**
   * Not on a connection that has been used before, which the other side may be about to close: for what must not be
   * sent in vain.
   */
  isOnNewConnection?: boolean;
}

export interface Http {
  readonly system: string;
  readonly baseUrl: string;
  send<A extends Answers>(call: Call<A>): Promise<Answer<A>>;
  /**
   * Opens an answer that goes on and on, and hands it over as it comes. Resolves when the system has begun to answer
   * with 200; throws a CallFailed where it does not, and while reading when the connection ends in any but the proper
   * way.
   */
  stream(call: StreamCall): Promise<AsyncIterable<string>>;
  /** Gives back the connections that are this client's own, once their calls are done. */
  close(): Promise<void>;
}

export interface StreamCall {
  /** As in a `Call`. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** Ends it. */
  signal: AbortSignal;
  /** A connection on which nothing comes for so long is taken for dead. */
  silenceMilliseconds: number;
}

/** Adds credentials to a call; `renew` is called once when a system refuses them. */
export interface Authentication {
  headers(): Promise<Readonly<Record<string, string>>>;
  renew?(): Promise<void>;
  /** The statuses that mean so: 401 unless said otherwise (Vault answers 403 to a token that ended). */
  renewOn?: readonly number[];
}

export interface HttpOptions {
  /** Names the system in errors, metrics and traces: `netbox`, `redfish`. */
  system: string;
  baseUrl: string;
  authentication?: Authentication;
  timeoutMilliseconds?: number;
  /** How many calls may be under way to this target at once; the rest queue. */
  concurrency?: number;
  /** Extra attempts of repeatable calls, after the first. */
  retries?: number;
  /** Whom to trust over TLS and who we are, or `insecure` for a BMC's own certificate before it has been replaced. */
  tls?: TlsChoice;
  /** What becomes of links and redirections that name another host. Refused unless said otherwise. */
  otherHosts?: OtherHosts;
  /** Where connections may go at all. Anywhere unless given. */
  mayConnect?: MayConnect;
  observe?: (measured: { system: string; method: Method; outcome: 'ok' | Failure; seconds: number }) => void;
}

/** How a system is reached: the options every adapter hands through. */
export type Reach = Pick<HttpOptions, 'baseUrl' | 'timeoutMilliseconds' | 'concurrency' | 'tls' | 'observe'>;

/** What an answer may weigh: none that we read comes near it. */
const mostBytes = 64 * 1024 * 1024;
const secretNames = /(token|key|secret|password|code|signature)/i;

/**
 * A client for one system: time limit, retry of repeatable calls with jitter, a circuit that opens after
 * repeated failure, a limit on concurrent calls, one renewed login, and answers parsed by schema.
 */
export function createHttp(options: HttpOptions): Http {
  const connections = connectionsFor(options.tls, options.mayConnect);
  const guard = wrap(
    bulkhead(options.concurrency ?? 8, 10_000),
    circuitBreaker(
      handleWhen((error) => isFailure(error, 'transient', 'unknownOutcome')),
      { halfOpenAfter: 2_000, breaker: new ConsecutiveBreaker(8) },
    ),
  );
  const base = new URL(withSlash(options.baseUrl));

  async function send<A extends Answers>(call: Call<A>): Promise<Answer<A>> {
    const isRepeatable = call.repeatable ?? call.method !== 'POST';
    const attempts = 1 + (isRepeatable ? (options.retries ?? 2) : 0);
    for (let attempt = 1; ; attempt++) {
      if (call.signal?.aborted)
        throw failed(call, 'transient', 'it was called off before it was sent', { cause: call.signal.reason });
      try {
        // The connection itself may have been what failed: the other side had closed it.
        return await guard.execute(() =>
          sendRenewing(attempt === 1 ? call : { ...call, isOnNewConnection: true }, isRepeatable),
        );
      } catch (error) {
        const failed = asFailure(error, call);
        if (attempt >= attempts || !isFailure(failed, 'transient', 'throttled', 'unknownOutcome')) throw failed;
        const backoff =
          failed.retryAfterSeconds === undefined
            ? 100 * 2 ** (attempt - 1)
            : Math.min(failed.retryAfterSeconds, 10) * 1000;
        await delay(backoff * (0.5 + Math.random() / 2));
      }
    }
  }

  async function sendRenewing<A extends Answers>(call: Call<A>, isRepeatable: boolean): Promise<Answer<A>> {
    const first = await exchange(call, isRepeatable);
    const isRefused =
      (options.authentication?.renewOn ?? [401]).includes(first.status) && !(first.status in call.answers);
    const mayRenew = isRefused && call.authenticated !== false && options.authentication?.renew;
    if (!mayRenew) return judge(call, first, isRepeatable);
    await options.authentication?.renew?.();
    return judge(call, await exchange(call, isRepeatable), isRepeatable);
  }

  /** A redirection is followed once, within the origin: some systems want a slash at the end. */
  async function exchange(call: Call<Answers>, isRepeatable: boolean): Promise<RawAnswer> {
    const url = urlOf(call, call.path, base);
    const first = await exchangeAt(call, url, isRepeatable);
    const location = first.headers['location'];
    const isRedirected =
      [301, 302, 307, 308].includes(first.status) && !(first.status in call.answers) && location !== undefined;
    return isRedirected ? exchangeAt(call, urlOf(call, location, url), isRepeatable) : first;
  }

  /** Where a link leads. Whatever is sent is sent to what this answers. */
  function urlOf(call: Call<Answers>, link: string, from: URL): URL {
    try {
      return followLink(link, from, options.otherHosts);
    } catch (error) {
      throw error instanceof BadLink ? failed(call, 'unexpectedAnswer', error.message) : error;
    }
  }

  async function exchangeAt(call: Call<Answers>, target: URL, isRepeatable: boolean): Promise<RawAnswer> {
    const url = new URL(target);
    for (const [name, value] of Object.entries(call.query ?? {}))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const isJson = call.body !== undefined && typeof call.body !== 'string' && !(call.body instanceof Uint8Array);
    const credentials = call.authenticated === false ? {} : await options.authentication?.headers();
    const started = performance.now();
    const measure = (outcome: 'ok' | Failure) =>
      options.observe?.({
        system: options.system,
        method: call.method,
        outcome,
        seconds: (performance.now() - started) / 1000,
      });
    try {
      const timeout = call.timeoutMilliseconds ?? options.timeoutMilliseconds ?? 15_000;
      const answer = await request(url, {
        dispatcher: connections.current(call.isOnNewConnection),
        method: call.method,
        headers: {
          accept: 'application/json',
          ...(isJson && { 'content-type': 'application/json' }),
          ...credentials,
          ...call.headers,
        },
        body: isJson ? JSON.stringify(call.body) : (call.body as string | Uint8Array | undefined),
        signal:
          call.signal === undefined
            ? AbortSignal.timeout(timeout)
            : AbortSignal.any([call.signal, AbortSignal.timeout(timeout)]),
      });
      const text = await textOf(answer);
      measure(answer.statusCode < 400 ? 'ok' : failureOfStatus(answer.statusCode, call.method !== 'GET'));
      return { status: answer.statusCode, headers: plainHeaders(answer.headers), text };
    } catch (cause) {
      if (cause instanceof ForbiddenAddress) throw failed(call, 'unexpectedAnswer', cause.message, { cause });
      const neverSent =
        cause instanceof Error &&
        'code' in cause &&
        ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'].includes(String(cause.code));
      const failure = neverSent || isRepeatable ? 'transient' : 'unknownOutcome';
      measure(failure);
      throw failed(
        call,
        failure,
        cause instanceof Error && cause.name === 'TimeoutError' ? 'no answer in time' : 'the connection failed',
        { cause },
      );
    }
  }

  async function stream(call: StreamCall): Promise<AsyncIterable<string>> {
    const asGet = { method: 'GET', path: call.path, answers: {} } as const;
    const url = urlOf(asGet, call.path, base);
    const open = async () =>
      request(url, {
        dispatcher: connections.current(true),
        method: 'GET',
        headers: { ...(await options.authentication?.headers()), ...call.headers },
        signal: call.signal,
        bodyTimeout: call.silenceMilliseconds,
      });
    try {
      let answer = await open();
      if (answer.statusCode === 401 && options.authentication?.renew) {
        await answer.body.dump();
        await options.authentication.renew();
        answer = await open();
      }
      if (answer.statusCode === 200)
        return textIn(answer.body, (cause) => failed(asGet, 'transient', 'the stream broke off', { cause }));
      throw failed(
        asGet,
        failureOfStatus(answer.statusCode, false),
        `it answered ${answer.statusCode} ${brief(await textOf(answer))}`,
        { status: answer.statusCode },
      );
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw error instanceof ForbiddenAddress
        ? failed(asGet, 'unexpectedAnswer', error.message, { cause: error })
        : failed(asGet, 'transient', 'the connection failed', { cause: error });
    }
  }

  function judge<A extends Answers>(call: Call<A>, raw: RawAnswer, isRepeatable: boolean): Answer<A> {
    const schema = call.answers[raw.status];
    if (!schema) {
      const failure = failureOfStatus(raw.status, !isRepeatable);
      const retryAfter = Number(raw.headers['retry-after']);
      const elsewhere = raw.status < 400 && raw.headers['location'] ? `, to ${brief(raw.headers['location'])}` : '';
      throw failed(call, failure, `it answered ${raw.status}${elsewhere}${raw.text ? ` ${brief(raw.text)}` : ''}`, {
        status: raw.status,
        ...(Number.isFinite(retryAfter) && { retryAfterSeconds: retryAfter }),
      });
    }
    try {
      return {
        status: raw.status,
        headers: raw.headers,
        body: parse(schema, bodyOf(raw), `answer of ${options.system} to ${call.method} ${pathOf(call)}`),
      } as Answer<A>;
    } catch (cause) {
      throw failed(call, 'unexpectedAnswer', cause instanceof Error ? cause.message : 'an answer that cannot be read', {
        status: raw.status,
        cause,
      });
    }
  }

  const failed = (
    call: Call<Answers>,
    failure: Failure,
    detail: string,
    more: { status?: number; retryAfterSeconds?: number; cause?: unknown } = {},
  ) => new CallFailed({ system: options.system, method: call.method, path: pathOf(call), failure, detail, ...more });

  /** What already says what was wrong, as a login that is refused does, says it itself. */
  function asFailure(error: unknown, call: Call<Answers>): AppError {
    if (error instanceof AppError) return error;
    if (error instanceof BrokenCircuitError)
      return failed(call, 'transient', 'it failed repeatedly and is given a pause', {
        retryAfterSeconds: 2,
        cause: error,
      });
    if (error instanceof BulkheadRejectedError)
      return failed(call, 'throttled', 'too many calls are waiting for it', { cause: error });
    return failed(call, 'transient', 'the call broke', { cause: error });
  }

  return { system: options.system, baseUrl: options.baseUrl, send, stream, close: () => connections.close() };
}

/** The same client, whose calls end with that signal. */
export const withSignal = (http: Http, signal: AbortSignal): Http => ({
  ...http,
  send: (call) => http.send({ ...call, signal }),
});

interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

const decoders = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/** The body as text, unpacked: some systems compress whether one asks for it or not. Breaks off what never ends. */
async function textOf({ headers, body }: Dispatcher.ResponseData): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error(`the answer is longer than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  const whole = Buffer.concat(chunks);
  const decode = decoders.get(
    String(headers['content-encoding'] ?? '')
      .trim()
      .toLowerCase(),
  );
  return (decode ? await decode(whole, { maxOutputLength: mostBytes }) : whole).toString('utf8');
}

function bodyOf(raw: RawAnswer): unknown {
  if (raw.text === '') return undefined;
  // A refusal may claim to be JSON and be a page of HTML.
  const isJson = raw.status < 400 && /json/.test(raw.headers['content-type'] ?? '');
  if (isJson) return JSON.parse(raw.text);
  try {
    return JSON.parse(raw.text);
  } catch {
    return raw.text;
  }
}

async function* textIn(
  body: AsyncIterable<Uint8Array>,
  failure: (cause: unknown) => CallFailed,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body) yield decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw failure(cause);
  }
}

const withSlash = (url: string) => (url.endsWith('/') ? url : `${url}/`);
const brief = (text: string) => (text.length > 300 ? `${text.slice(0, 300)}…` : text);
const pathOf = (call: Call<Answers>) =>
  call.path.replace(/([?&])([^=&]+)=([^&]*)/g, (whole, mark, name) =>
    secretNames.test(name) ? `${mark}${name}=***` : whole,
  );
const plainHeaders = (headers: Dispatcher.ResponseData['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
