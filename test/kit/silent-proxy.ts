import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** One connection through the proxy: to whom it belongs, and the two halves of it. */
interface Pair {
  client: Socket;
  upstream: Socket | undefined;
  /** What the client said first. PostgreSQL's startup message has the name of the application in it. */
  greeting: string;
  isDead: boolean;
}

/**
 * Stands before a server and can make connections fall silent, as a failover or a firewall does: the server's side is
 * closed, the client's side stays open and hears nothing any more, not even that it is over.
 */
export class SilentProxy {
  readonly #target: { host: string; port: number };
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #isSilent = false;

  private constructor(target: URL) {
    this.#target = { host: target.hostname, port: Number(target.port) };
    // Half open: who says goodbye to a dead connection gets no answer either.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
  }

  static async before(url: string): Promise<SilentProxy> {
    const proxy = new SilentProxy(new URL(url));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The same address, but through the proxy. */
  through(url: string): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The proxy does not listen.');
    const changed = new URL(url);
    changed.port = String(address.port);
    return changed.href;
  }

  /**
   * The connections of now fall silent, or those whose first words hold this text; new ones work. Answers how many they
   * were.
   */
  silence(words = ''): number {
    const silenced = [...this.#pairs].filter(({ isDead, greeting }) => !isDead && greeting.includes(words));
    for (const pair of silenced) this.#kill(pair);
    return silenced.length;
  }

  /** The connections of now fall silent, and new ones are taken and hear nothing: a server that hangs. Until `wake`. */
  hang(): void {
    this.#isSilent = true;
    this.silence();
  }

  /** New connections work again. */
  wake(): void {
    this.#isSilent = false;
  }

  async close(): Promise<void> {
    for (const { client, upstream } of this.#pairs) {
      client.destroy();
      upstream?.destroy();
    }
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    const pair: Pair = { client, upstream: undefined, greeting: '', isDead: false };
    this.#pairs.add(pair);
    client.on('error', () => client.destroy());
    client.on('close', () => {
      this.#pairs.delete(pair);
      pair.upstream?.destroy();
    });
    client.on('data', (chunk: Buffer) => {
      if (pair.greeting === '') pair.greeting = chunk.toString('latin1');
      if (!pair.isDead) pair.upstream?.write(chunk);
    });
    if (this.#isSilent) pair.isDead = true;
    else this.#connect(pair);
  }

  #connect(pair: Pair): void {
    const upstream = connect({ ...this.#target, noDelay: true });
    pair.upstream = upstream;
    pair.client.on('end', () => !pair.isDead && upstream.end());
    upstream.on('data', (chunk: Buffer) => !pair.isDead && pair.client.write(chunk));
    upstream.on('error', () => upstream.destroy());
    upstream.on('close', () => !pair.isDead && pair.client.destroy());
  }

  #kill(pair: Pair): void {
    pair.isDead = true;
    pair.upstream?.destroy();
  }
}
