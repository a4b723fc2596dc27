import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { HostLog } from '../../core/log.ts';
import { StartError } from '../../core/settings.ts';

/** PEM files. */
export interface TlsFiles {
  /** The certificate, with the chain below its root. */
  cert: string;
  key: string;
  /** The authorities whose client certificates are believed; undefined: clients are not asked for one. */
  clientCa: string | undefined;
}

const lookEveryMilliseconds = 1000;

/**
 * An HTTPS server whose certificates may be replaced on disk while it runs: new connections get the new ones, the
 * others live on. A client without a certificate, or with a bad one, is served as a stranger. Throws a StartError
 * where the files are no certificate and key.
 */
export function createTlsServer(
  files: TlsFiles,
  options: ServerOptions,
  log: HostLog,
  serve: RequestListener,
): { server: Server; stopWatching: () => void } {
  const server = createServer(
    { ...options, ...firstOf(files), requestCert: files.clientCa !== undefined, rejectUnauthorized: false },
    serve,
  );
  const names = [files.cert, files.key, ...(files.clientCa === undefined ? [] : [files.clientCa])];
  const renew = () => {
    try {
      server.setSecureContext(read(files));
      log.info({}, 'the TLS certificate was read anew');
    } catch (error) {
      // half replaced: the other file follows
      log.warn({ err: error }, 'the TLS certificate on disk cannot be used; the one before stays in use');
    }
  };
  for (const name of names) watchFile(name, { interval: lookEveryMilliseconds, persistent: false }, renew);
  return { server, stopWatching: () => names.forEach((name) => unwatchFile(name, renew)) };
}

function firstOf(files: TlsFiles): SecureContextOptions {
  try {
    return read(files);
  } catch (error) {
    throw new StartError('The TLS certificate cannot be used', [
      `TLS_CERT, TLS_KEY, TLS_CLIENT_CA: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
}

/** Throws where the key is not the certificate's. */
function read({ cert, key, clientCa }: TlsFiles): SecureContextOptions {
  const context = {
    cert: readFileSync(cert, 'utf8'),
    key: readFileSync(key, 'utf8'),
    ...(clientCa !== undefined && { ca: readFileSync(clientCa, 'utf8') }),
  };
  createSecureContext(context);
  return context;
}
