// Load over raw HTTP/1.1: the cheapest client there is, since it shares the machine with what it measures.
import { connect } from 'node:net';

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

export function requestText(method: 'GET' | 'POST', path: string, headers: Readonly<Record<string, string>> = {}, body?: object): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const all = { host: '127.0.0.1', accept: 'application/json', ...headers, ...(body && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }) };
  return `${method} ${path} HTTP/1.1\r\n${Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`;
}

function askOn({ port, next, status }: Load): Promise<number[]> {
  const latencies: number[] = [];
  const first = next();
  if (first === undefined) return Promise.resolve(latencies);
  return new Promise((resolve, reject) => {
    let received = '';
    let sentAt = performance.now();
    const socket = connect(port, '127.0.0.1', () => socket.write(first));
    socket.setNoDelay().setEncoding('latin1').on('error', reject).on('data', (chunk: string) => {
      received += chunk;
      if (!isWhole(received)) return;
      if (!received.startsWith(`HTTP/1.1 ${status} `)) return reject(new Error(`Expected ${status}, was answered:\n${received}`));
      const now = performance.now();
      latencies.push(now - sentAt);
      received = '';
      sentAt = now;
      const request = next();
      if (request !== undefined) return void socket.write(request);
      socket.destroy();
      resolve(latencies);
    });
  });
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /content-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  return length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= end + 4 + Number(length);
}
