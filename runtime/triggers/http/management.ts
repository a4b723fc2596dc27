import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { DurableClient } from '../../durable/engine.ts';
import { handleManagement, type ManagementAnswer } from '../../durable/management/handler.ts';
import { clientBindingPayload, type ManagementAddress } from '../../durable/management/links.ts';
import type { HostLog } from '../log.ts';
import { BodyTooLarge, readBody } from './body.ts';
import type { HostKeys } from './keys.ts';
import { offeredKey } from './listener.ts';
import type { Target } from './target.ts';

const publicPath = '/runtime/webhooks/durabletask';
const loopbackPath = '/durabletask';
const systemKey = 'durabletask_extension';

export interface ManagementOptions {
  client: DurableClient;
  keys: HostKeys;
  taskHub: string;
  maxBodyBytes: number;
  log: HostLog;
}

/** The durable management API over HTTP: keyed for the world, and without a key on a loopback port of its own. */
export interface Management {
  /** Opens the loopback port, which the SDK's client uses. */
  start(): Promise<void>;
  /** From here on links point there. */
  setOrigin(origin: string): void;
  /** Answers what lies below `/runtime/webhooks/`. */
  webhooks(req: IncomingMessage, res: ServerResponse, target: Target): Promise<void>;
  /** The text of a `durableClient` input. */
  clientPayload(): string;
  stop(): Promise<void>;
}

export function createManagement({ client, keys, taskHub, maxBodyBytes, log }: ManagementOptions): Management {
  const key = keys.ofSystem(systemKey);
  let address: ManagementAddress = { baseUrl: publicPath, taskHub, key };
  let payload = '';
  let rpcBaseUrl = '';

  const answer = async (req: IncomingMessage, path: string, query: string): Promise<ManagementAnswer> => {
    const token = req.headers['x-ms-continuation-token'];
    const body = (await readBody(req, maxBodyBytes)).toString();
    return handleManagement(client, { method: req.method ?? 'GET', path, query: new URLSearchParams(query), body, address, ...(typeof token === 'string' && { continuationToken: token }) });
  };
  const serve = async (req: IncomingMessage, res: ServerResponse, path: string, query: string) => {
    const { status, headers, body } = await answer(req, path, query);
    res.writeHead(status, headers).end(body);
  };
  const loopback = createServer((req, res) => {
    const [path = '', query = ''] = (req.url ?? '').split('?', 2);
    if (!path.startsWith(`${loopbackPath}/`)) return void res.writeHead(404).end();
    serve(req, res, path.slice(loopbackPath.length), query).catch((error: unknown) => {
      log.error({ err: error }, 'a request of the durable client failed');
      res.writeHead(error instanceof BodyTooLarge ? 413 : 500).end();
    });
  });

  return {
    start: async () => {
      await new Promise<void>((resolve, reject) => loopback.once('error', reject).listen({ host: '127.0.0.1', port: 0 }, resolve));
      const bound = loopback.address();
      rpcBaseUrl = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}${loopbackPath}/`;
    },
    setOrigin: (origin) => {
      address = { baseUrl: origin + publicPath, taskHub, key };
      payload = clientBindingPayload(address, rpcBaseUrl);
    },
    webhooks: async (req, res, target) => {
      if (target.path !== publicPath && !target.path.startsWith(`${publicPath}/`)) return void res.writeHead(404).end();
      if (!keys.mayUseSystem(offeredKey(req, target), systemKey)) return void res.writeHead(401).end();
      await serve(req, res, target.path.slice(publicPath.length), target.query.slice(1));
    },
    clientPayload: () => payload,
    stop: () => new Promise((resolve) => {
      loopback.close(() => resolve());
      loopback.closeAllConnections();
    }),
  };
}
