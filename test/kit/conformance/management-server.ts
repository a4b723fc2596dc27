import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DurableClient } from '../../../runtime/durable/contract/engine.ts';
import { handleManagement } from '../../../runtime/durable/management/handler.ts';
import { clientBindingPayload } from '../../../runtime/durable/management/links.ts';

export interface ManagementServer {
  origin: string;
  /** What a function would find in its durableClient binding. */
  bindingPayload(mode: 'rpc' | 'webhook'): string;
  stop(): Promise<void>;
}

const publicPath = '/runtime/webhooks/durabletask';
const rpcPath = '/durabletask';
const key = 'secret & key';

/** Mounts the management API as a host does: below the public path behind the key, and below the loopback path. */
export async function startManagementServer(client: () => DurableClient): Promise<ManagementServer> {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://host');
    const [mount, isPublic] = url.pathname.startsWith(publicPath) ? [publicPath, true] : [rpcPath, false];
    if (!url.pathname.startsWith(mount) || (isPublic && url.searchParams.get('code') !== key))
      return void response.writeHead(401).end();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const token = request.headers['x-ms-continuation-token'];
    const { status, headers, body } = await handleManagement(client(), {
      method: request.method ?? '',
      path: url.pathname.slice(mount.length),
      query: url.searchParams,
      body: Buffer.concat(chunks).toString(),
      address: address(),
      ...(typeof token === 'string' && { continuationToken: token }),
    });
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const address = () => ({ baseUrl: `${origin}${publicPath}`, taskHub: 'TestHub', key });
  return {
    origin,
    bindingPayload: (mode) => clientBindingPayload(address(), mode === 'rpc' ? `${origin}${rpcPath}/` : undefined),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
