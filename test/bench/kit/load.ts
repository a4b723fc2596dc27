// Load over raw HTTP/1.1: the cheapest client there is, since it shares the machine with what it measures.
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface Load {
  port: number;
  connections: number;
  /** The whole text of the next request; undefined when there is none left. */
  next(): string | undefined;
  /** The status of every answer. Another one throws. */
  status: number;
}

export interface LoadResult {
  milliseconds: number;
  /** One per request, in milliseconds. */
  latencies: number[];
}

/** One request of a mix; the name is what its latencies are counted under. */
export interface Asked {
  name: string;
  text: string;
  status: number;
}

export interface OpenLoopResult {
  milliseconds: number;
  /** By the name of the request, in milliseconds. */
  latencies: ReadonlyMap<string, number[]>;
}

/** Every connection asks again as soon as it is answered. */
export async function closedLoop(load: Load): Promise<LoadResult> {
  const from = performance.now();
  const latencies = (await Promise.all(Array.from({ length: load.connections }, () => askOn(load)))).flat();
  return { milliseconds: performance.now() - from, latencies };
}

/** Says the same until time is up. */
export function repeatFor(milliseconds: number, request: () => string): () => string | undefined {
  const until = performance.now() + milliseconds;
  return () => (performance.now() < until ? request() : undefined);
}

export function requestText(
  method: 'GET' | 'POST',
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: object,
): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const all = {
    host: '127.0.0.1',
    accept: 'application/json',
    ...headers,
    ...(body && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
  };
  return `${method} ${path} HTTP/1.1\r\n${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n${text}`;
}

/** Asks at a fixed pace, whether or not it is answered: what comes late counts from when it was due. */
export async function openLoop({
  ports,
  connections,
  perSecond,
  milliseconds,
  next,
}: {
  ports: readonly number[];
  connections: number;
  perSecond: number;
  milliseconds: number;
  next(): Asked;
}): Promise<OpenLoopResult> {
  const idle: Line[] = Array.from({ length: connections }, (_, number) => new Line(ports[number % ports.length] ?? 0));
  const waiting: (() => void)[] = [];
  const all = [...idle];
  const latencies = new Map<string, number[]>();
  const from = performance.now();
  const ask = async (dueAt: number): Promise<void> => {
    const { name, text, status } = next();
    if (idle.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    const line = idle.pop();
    if (!line) throw new Error('A line was promised and is not there.');
    await line.ask(text, status);
    const known = latencies.get(name) ?? [];
    latencies.set(name, known);
    known.push(performance.now() - dueAt);
    idle.push(line);
    waiting.shift()?.();
  };
  const asked: Promise<void>[] = [];
  const count = Math.round((perSecond * milliseconds) / 1000);
  while (asked.length < count) {
    const due = from + (asked.length / perSecond) * 1000;
    const early = due - performance.now();
    if (early > 0) await delay(early);
    asked.push(ask(due));
  }
  await Promise.all(asked);
  for (const line of all) line.end();
  return { milliseconds: performance.now() - from, latencies };
}

async function askOn({ port, next, status }: Load): Promise<number[]> {
  const latencies: number[] = [];
  const line = new Line(port);
  for (let request = next(); request !== undefined; request = next()) {
    const sentAt = performance.now();
    await line.ask(request, status);
    latencies.push(performance.now() - sentAt);
  }
  line.end();
  return latencies;
}

/** One connection, one request at a time. */
class Line {
  readonly #socket: Socket;
  #received = '';
  #answered: ((error?: Error) => void) | undefined;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket
      .setNoDelay()
      .setEncoding('latin1')
      .on('error', (error) => this.#answered?.(error))
      .on('close', () => this.#answered?.(new Error('The connection was closed.')))
      .on('data', (chunk: string) => {
        this.#received += chunk;
        if (isWhole(this.#received)) this.#answered?.();
      });
  }

  async ask(request: string, status: number): Promise<void> {
    this.#received = '';
    await new Promise<void>((resolve, reject) => {
      this.#answered = (error) => (error ? reject(error) : resolve());
      this.#socket.write(request);
    });
    this.#answered = undefined;
    if (!this.#received.startsWith(`HTTP/1.1 ${status} `))
      throw new Error(`Expected ${status}, was answered:\n${this.#received.slice(0, 2000)}`);
  }

  end(): void {
    this.#socket.destroy();
  }
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /content-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  return length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= end + 4 + Number(length);
}
