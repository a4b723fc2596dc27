import { takeToken } from '../oidc/take-token.ts';

/** The platform's API as one person uses it. */
export class PlatformClient {
  readonly #url: string;
  readonly #issuer: string;
  readonly #signIn: string;
  #token: Promise<string> | undefined;

  constructor(options: { url: string; issuer: string; signIn: string }) {
    this.#url = options.url;
    this.#issuer = options.issuer;
    this.#signIn = options.signIn;
  }

  async token(): Promise<string> {
    this.#token ??= takeToken(this.#issuer, this.#signIn);
    this.#token.catch(() => (this.#token = undefined));
    return this.#token;
  }

  /** Throws with the problem's own words. */
  async call<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
    const answer = await fetch(`${this.#url}${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.token()}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    if (answer.status === 401) this.#token = undefined;
    const text = await answer.text();
    if (answer.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
    const problem = text.startsWith('{') ? (JSON.parse(text) as { code?: string; detail?: string }) : {};
    throw new PlatformProblem(
      answer.status,
      problem.code ?? 'unknown',
      `${this.#signIn}: ${method} ${path}: ${answer.status} ${problem.detail ?? text.slice(0, 200)}`,
    );
  }
  get = <T>(path: string): Promise<T> => this.call<T>('GET', path);
  post = <T>(path: string, body: object = {}): Promise<T> => this.call<T>('POST', path, body);

  /** The live stream from `after` on, until `signal`. Ends when the connection does. */
  async *stream(
    after: number | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<{ sequence: number; type: string; data: Record<string, unknown>; time: string; subject: string }> {
    const answer = await fetch(`${this.#url}/api/v1/stream`, {
      headers: {
        authorization: `Bearer ${await this.token()}`,
        ...(after !== undefined && { 'last-event-id': String(after) }),
      },
      signal,
    });
    if (answer.status === 401) this.#token = undefined;
    if (!answer.ok || !answer.body) throw new Error(`The stream answered ${answer.status}.`);
    let rest = '';
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = new Map(
          block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        );
        const data = fields.get('data');
        if (!data) continue;
        const event = JSON.parse(data) as {
          type: string;
          data: Record<string, unknown>;
          time: string;
          subject: string;
        };
        yield { ...event, sequence: Number(fields.get('id')) };
      }
    }
  }
}

export class PlatformProblem extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
