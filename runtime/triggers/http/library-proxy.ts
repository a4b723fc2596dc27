import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Server } from 'node:net';
import { z } from 'zod';
import type { FunctionsCore } from '../../core/functions-core.ts';

/** Node tells here of every server that begins to listen. */
const channel = 'tracing:net.server.listen:asyncEnd';
const Listening = z.object({ server: z.instanceof(Server) });

/**
 * Loads the app, and answers the HTTP server through which `@azure/functions` streams, if the app switched
 * streaming on. On Azure the host is another process and forwards every request to that server over a socket.
 * Here it is an object in our own process: requests are handed to it directly, which saves the hop, and its port,
 * open to the whole network, is closed.
 */
export async function loadWithProxy(core: FunctionsCore, load: () => Promise<void>): Promise<Server | undefined> {
  const opened: Server[] = [];
  const note = (message: unknown) => void opened.push(Listening.parse(message).server);
  subscribe(channel, note);
  try {
    await load();
  } finally {
    unsubscribe(channel, note);
  }
  const { HttpUri } = core.capabilities;
  if (HttpUri === undefined) return undefined;
  const port = Number(new URL(HttpUri).port);
  const proxy = opened.find((server) => portOf(server) === port);
  if (!proxy)
    throw new Error(
      `The app streams over HTTP, but the library's server on port ${port} was not seen opening. Node ` +
        `${process.versions.node} may not tell of it ('${channel}').`,
    );
  proxy.close();
  return proxy;
}

function portOf(server: Server): number | undefined {
  const address = server.address();
  return typeof address === 'object' ? address?.port : undefined;
}
