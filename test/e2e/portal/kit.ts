import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { bundlePortal, portalFingerprint } from '../../../infra/local/build-portal.ts';
import { createMockApi, type MockApi } from '../../../portal/mock-api/index.ts';
import { openBrowser, type Browser, type WindowOptions } from './browser.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const cache = path.join(root, 'node_modules/.cache/portal-e2e');

export interface Portal {
  mock: MockApi;
  /** A browser window of somebody's, signed in and at a page. Nobody: not signed in. */
  open(as: string | null, at: string, options?: WindowOptions): Promise<Page>;
  complaints: Browser['complaints'];
  close(): Promise<void>;
}

/** The built portal in Chromium, served with the platform's own security policy, before the mock API. */
export async function openPortal(): Promise<Portal> {
  const dist = await build();
  const mock = createMockApi({ stepMilliseconds: 40 });
  const server = createServer((request, response) =>
    mock.handle(request, response, () => void serveFile(dist, request, response)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await openBrowser(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return {
    mock,
    open: async (as, at, options) => {
      const page = await browser.window(options);
      await page.goto(as === null ? at : `/auth/login?as=${as}&returnTo=${encodeURIComponent(at)}`);
      return page;
    },
    complaints: browser.complaints,
    close: async () => {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Builds the portal once per state of its sources, whichever test asks first; two that ask at once both build, and one
 * build stays.
 */
async function build(): Promise<string> {
  const wanted = path.join(cache, portalFingerprint().slice(0, 16));
  if (existsSync(wanted)) return wanted;
  const fresh = `${wanted}.${process.pid}`;
  await bundlePortal(fresh);
  await rename(fresh, wanted).catch(() => rm(fresh, { recursive: true }));
  const stale = (await readdir(cache)).filter((name) => !name.startsWith(path.basename(wanted)));
  await Promise.all(stale.map((name) => rm(path.join(cache, name), { recursive: true, force: true })));
  return wanted;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** As functions/platform/portal.http.ts serves it: what this forbids breaks here as it would there. */
const policy =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'";

async function serveFile(dist: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const wanted = path.join(
    dist,
    path.normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://portal').pathname)),
  );
  const file =
    existsSync(wanted) && path.extname(wanted) !== ''
      ? wanted
      : path.extname(wanted) === ''
        ? path.join(dist, 'index.html')
        : undefined;
  if (!file) return void response.writeHead(404).end();
  response
    .writeHead(200, {
      'content-type': types[path.extname(file)] ?? 'application/octet-stream',
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
    })
    .end(await readFile(file));
}
