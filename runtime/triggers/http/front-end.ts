import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

/**
 * Says of a caller what a front end does on Azure (App Service): the address in `x-forwarded-for`, last, and in
 * `x-arr-clientcert` the certificate that the TLS stack has verified. A caller's own words of that kind are dropped.
 * Whether that certificate means anything is for the function to judge.
 */
export function speakAsFrontEnd(req: IncomingMessage): void {
  for (const name of Object.keys(req.headers)) if (isForTheFrontEndToSay(name)) delete req.headers[name];
  const certificate = verifiedCertificate(req);
  if (certificate !== undefined) req.headers['x-arr-clientcert'] = certificate;
  const passedOn = req.headers['x-forwarded-for'];
  req.headers['x-forwarded-for'] = [
    ...(passedOn === undefined ? [] : [passedOn]),
    req.socket.remoteAddress ?? 'unknown',
  ].join(', ');
}

/** Underscores count as hyphens: there is software behind which the two are one name. */
function isForTheFrontEndToSay(name: string): boolean {
  const plain = name.toLowerCase().replaceAll('_', '-');
  return plain.startsWith('x-ms-client-principal') || plain === 'x-arr-clientcert';
}

/** By connection: a certificate never changes within one. */
const known = new WeakMap<TLSSocket, string>();

/** The leaf in base64 DER; undefined where there is none, or none that an authority of ours vouches for. */
function verifiedCertificate({ socket }: IncomingMessage): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const found = known.get(socket) ?? socket.getPeerX509Certificate()?.raw.toString('base64');
  if (found !== undefined) known.set(socket, found);
  return found;
}
