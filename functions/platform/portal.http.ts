import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { app, type HttpResponseInit } from '@azure/functions';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
};

const policy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'";

/** The portal's files; every other address is a page of the portal, which finds its own way. */
export function registerPortal(folder: string): void {
  app.http('portal', {
    methods: ['GET'],
    route: '{*path}',
    authLevel: 'anonymous',
    handler: async (request): Promise<HttpResponseInit> => {
      const wanted = request.params['path'] ?? '';
      const file = path.resolve(folder, wanted);
      const isOurs = file.startsWith(path.resolve(folder) + path.sep);
      const asset =
        isOurs &&
        (await stat(file).then(
          (found) => found.isFile(),
          () => false,
        ))
          ? file
          : undefined;
      if (!asset && (path.extname(wanted) !== '' || /^(api|auth|runtime)(\/|$)/.test(wanted))) return { status: 404 };
      const page = await readFile(asset ?? path.join(folder, 'index.html')).catch(() => undefined);
      if (!page)
        return {
          status: 503,
          headers: { 'content-type': 'text/plain' },
          body: 'The portal has not been built: run npm start.',
        };
      return {
        headers: {
          'content-type': types[path.extname(asset ?? 'index.html')] ?? 'application/octet-stream',
          // Built files carry their content in their name; the page itself must be asked for each time.
          'cache-control': wanted.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
          'content-security-policy': policy,
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'same-origin',
        },
        body: new Uint8Array(page),
      };
    },
  });
}
