import { createSecureContext } from 'node:tls';
import { Agent, interceptors, request } from 'undici';

export interface DownloadOptions {
  /** Whom to trust over TLS, in PEM; undefined: whom Node trusts. */
  authorities?: readonly string[] | undefined;
  timeoutMilliseconds: number;
}

/**
 * Hands `read` the body of what is at `url`, and answers what it answers. Nothing is sent that proves who asks, and
 * up to three redirections are followed wherever they lead, as places that publish files need: whoever reads has to
 * know by itself (by a digest that came another way) whether it is what it should be. Throws where the answer is not
 * 200.
 */
export async function readPublished<T>(
  url: string,
  { authorities, timeoutMilliseconds }: DownloadOptions,
  read: (body: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> {
  const agent = new Agent({
    ...(authorities && { connect: { secureContext: createSecureContext({ ca: [...authorities] }) } }),
  });
  try {
    const { statusCode, body } = await request(url, {
      dispatcher: agent.compose(interceptors.redirect({ maxRedirections: 3 })),
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
    return await read(body);
  } finally {
    await agent.destroy();
  }
}
