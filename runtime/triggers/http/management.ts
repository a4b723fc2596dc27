import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { HostLog } from '../../core/log.ts';
import type { DurableClient } from '../../durable/contract/engine.ts';
import { handleManagement, type ManagementAnswer } from '../../durable/management/handler.ts';
import { clientBindingPayload, type ManagementAddress } from '../../durable/management/links.ts';
import { BodyTooLarge, readBody } from './body.ts';
import type { HostKeys } from './keys.ts';
import { offeredKey } from './listener.ts';
import { isSameSecret } from './same-secret.ts';
import type { Target } from './target.ts';

const publicPath = '/runtime/webhooks/durabletask';
const systemKey = 'durabletask_extension';
/** As much as Azure's Durable Task Scheduler takes; ours are facts of a few kilobytes. */
const mostBodyBytes = 1_048_576;

export interface ManagementOptions {
  client: DurableClient;
  keys: HostKeys;
  taskHub: string;
  log: HostLog;
}

/**
 * The durable management API over HTTP: keyed for the world, and on a loopback port of its own for the SDK's client.
 * That client sends no key, but takes any base URL. So its base URL begins with a secret of this process: whoever else
 * is on the machine, or makes a browser there send something, does not know it.
 */
export interface Management {
  /** Opens the loopback port. */
  start(): Promise<void>;
  /** From here on links point there. */
  setOrigin(origin: string): void;
  /** Answers what lies below `/runtime/webhooks/`. */
  webhooks(req: IncomingMessage, res: ServerResponse, target: Target): Promise<void>;
  /** The text of a `durableClient` input. */
  clientPayload(): string;
  stop(): Promise<void>;
}

export function createManagement({ client, keys, taskHub, log }: ManagementOptions): Management {
  const key = keys.ofSystem(systemKey);
  const secret = randomBytes(32).toString('base64url');
  let address: ManagementAddress = { baseUrl: publicPath, taskHub, key };
  let payload = '';
  /** The only name by which the loopback port is called. */
  let host = '';

  const answer = async (req: IncomingMessage, path: string, query: string): Promise<ManagementAnswer> => {
    const token = req.headers['x-ms-continuation-token'];
    const body = (await readBody(req, mostBodyBytes)).toString();
    return handleManagement(client, {
      method: req.method ?? 'GET',
      path,
      query: new URLSearchParams(query),
      body,
      address,
      ...(typeof token === 'string' && { continuationToken: token }),
    });
  };
  const serve = async (req: IncomingMessage, res: ServerResponse, path: string, query: string) => {
    const { status, headers, body } = await answer(req, path, query);
    res.writeHead(status, headers).end(body);
  };
  const loopback = createServer((req, res) => {
    // a name that somebody made point here
    if (req.headers.host !== host) return void res.writeHead(421, { connection: 'close' }).end();
    const [path = '', query = ''] = (req.url ?? '').split('?', 2);
    const [, offered = '', rest = ''] = /^\/([^/]*)(.*)$/.exec(path) ?? [];
    // Not 404, by which the client would understand that an instance does not exist.
    if (!isSameSecret(offered, secret)) return void res.writeHead(401, { connection: 'close' }).end();
    serve(req, res, rest, query).catch((error: unknown) => {
      log.error({ err: error }, 'a request of the durable client failed');
      res.writeHead(error instanceof BodyTooLarge ? 413 : 500).end();
    });
  });

  return {
    start: async () => {
      await new Promise<void>((resolve, reject) =>
        loopback.once('error', reject).listen({ host: '127.0.0.1', port: 0 }, resolve),
      );
      const bound = loopback.address();
      host = `127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`;
    },
    setOrigin: (origin) => {
      address = { baseUrl: origin + publicPath, taskHub, key };
      payload = clientBindingPayload(address, `http://${host}/${secret}/`);
    },
    webhooks: async (req, res, target) => {
      if (target.path !== publicPath && !target.path.startsWith(`${publicPath}/`)) return void res.writeHead(404).end();
      if (!keys.mayUseSystem(offeredKey(req, target), systemKey)) return void res.writeHead(401).end();
      await serve(req, res, target.path.slice(publicPath.length), target.query.slice(1));
    },
    clientPayload: () => payload,
    stop: () =>
      new Promise((resolve) => {
        loopback.close(() => resolve());
        loopback.closeAllConnections();
      }),
  };
}
