import { createRemoteJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';
import { readAgentCertificate } from '../domain/edge/agent-certificate.ts';
import { findCertificate } from '../domain/edge/agents.db.ts';
import { isoTime, type Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import { AppError } from '../kernel/errors/app-error.ts';
import { Caller, Claims } from './caller.ts';
import { findSession } from './sessions.db.ts';

export interface Authenticator {
  /** Who a bearer token belongs to. Throws `unauthenticated`. */
  fromToken(token: string): Promise<Caller>;
  /** Which edge agent holds a client certificate (DER) that the TLS stack has seen. Throws `unauthenticated`. */
  fromCertificate(der: Buffer): Promise<Caller>;
  /** Who a session cookie belongs to, or undefined when it is unknown or over. */
  fromSession(cookie: string): Promise<Caller | undefined>;
}

const Metadata = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** Checking a signature costs as much as half a request. The keys it is checked with are kept for longer than this. */
const rememberedMilliseconds = 60_000;
const mostRemembered = 1000;
const skewSeconds = 60;

/**
 * Verifies access tokens of one issuer: signature by its published keys, issuer, audience, time (60 s of skew),
 * and an algorithm from this list only. Keys named inside a token are never used (RFC 8725). A token that was found
 * good is taken for good for a minute, and never beyond its own end.
 */
export function createAuthenticator(options: {
  issuer: string;
  audience: string;
  db: Database;
  clock: Clock;
}): Authenticator {
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  const keySet = () => {
    keys ??= discover(options.issuer).then(({ jwks_uri }) =>
      createRemoteJWKSet(new URL(jwks_uri), { cooldownDuration: 10_000 }),
    );
    keys.catch(() => (keys = undefined)); // an issuer that is away now may answer later
    return keys;
  };
  const known = new Map<string, { caller: Caller; until: number }>();
  const remember = (token: string, caller: Caller, expiresAt: number) => {
    const [oldest] = known.keys();
    if (known.size >= mostRemembered && oldest !== undefined) known.delete(oldest);
    known.set(token, {
      caller,
      until: Math.min(options.clock.now() + rememberedMilliseconds, (expiresAt + skewSeconds) * 1000),
    });
    return caller;
  };
  return {
    fromToken: async (token) => {
      const before = known.get(token);
      if (before && options.clock.now() < before.until) return before.caller;
      known.delete(token);
      const resolve = await keySet();
      try {
        const { payload } = await jwtVerify(token, resolve, {
          issuer: options.issuer,
          audience: options.audience,
          algorithms: ['RS256', 'ES256', 'PS256', 'EdDSA'],
          clockTolerance: skewSeconds,
          currentDate: new Date(options.clock.now()),
          requiredClaims: ['exp', 'sub'],
        });
        return remember(token, new Caller(Claims.parse(payload)), payload.exp ?? 0);
      } catch (cause) {
        throw new AppError({
          code: 'auth.token-refused',
          kind: 'unauthenticated',
          publicMessage: 'The access token is not valid here or is over. Sign in again.',
          cause,
        });
      }
    },
    fromCertificate: async (der) => {
      const certificate = readAgentCertificate(der, options.clock.now());
      const issued = await findCertificate(options.db, certificate.fingerprint);
      const isOurs =
        issued?.agentId === certificate.agentId &&
        issued.datacenterId === certificate.datacenter &&
        certificate.isSignedBy(issued.authority);
      if (!isOurs)
        throw new AppError({
          code: 'edge.certificate-unknown',
          kind: 'unauthenticated',
          publicMessage: 'This certificate was not handed out here. The agent has to be enrolled.',
        });
      if (issued.revokedAt !== null)
        throw new AppError({
          code: 'edge.agent-revoked',
          kind: 'unauthenticated',
          publicMessage:
            `The agent ${issued.agentId} was shut out at ${issued.revokedAt}. It comes back only with ` +
            'another enrolment code.',
        });
      return Caller.agent(certificate);
    },
    fromSession: async (cookie) => {
      const session = await findSession(options.db, cookie, isoTime(options.clock.now()));
      // a session of an older release may say too little: its person signs in again
      const claims = Claims.safeParse(session?.claims);
      return claims.data && new Caller(claims.data);
    },
  };
}

async function discover(issuer: string): Promise<z.infer<typeof Metadata>> {
  try {
    const answer = await fetch(`${issuer}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(5000) });
    return Metadata.parse(await answer.json());
  } catch (cause) {
    throw new AppError({
      code: 'auth.issuer-unreachable',
      kind: 'unavailable',
      publicMessage: 'The identity provider does not answer at the moment.',
      context: { issuer },
      cause,
    });
  }
}
