import { z } from 'zod';
import { EdgeCommands, EdgeSecrets, ExpectedServers } from '../../shared/api/edge.ts';
import { explain } from '../../shared/errors/app-error.ts';
import { createHttp } from '../../shared/http-client/client.ts';
import { CallFailed } from '../../shared/http-client/failure.ts';
import { basicAuthorization, keepLogin } from '../../shared/http-client/session.ts';
import type { Credentials, SecretRef } from '../../shared/ports/secrets.ts';
import type { Secret } from '../../shared/secret.ts';

/** What became of a batch. Only `refused` is about the events; `unreachable` is about the way, the platform, or our right to speak. */
export type Verdict = { outcome: 'accepted' } | { outcome: 'refused'; because: string } | { outcome: 'unreachable'; because: string; retryAfterSeconds?: number };

/** Something that is asked for again and again, and sent only when it has changed. */
export type Pulled<T> = { outcome: 'unchanged' } | { outcome: 'changed'; etag: string; value: T };

/** The platform as its agent sees it: everything goes out from here, nothing comes in. */
export interface Platform {
  /** Offers events in order. Never throws. */
  send(events: readonly unknown[]): Promise<Verdict>;
  /** What is to be done at this datacenter's management controllers. Throws when it cannot be asked. */
  fetchCommands(question: { process: string; ask: number; limit: number; wait: number }, options: { signal: AbortSignal; timeoutMilliseconds: number }): Promise<EdgeCommands>;
  /** Credentials by where they are kept; one that is not there is left out. Throws when it cannot be asked. */
  readSecrets(refs: readonly SecretRef[]): Promise<ReadonlyMap<SecretRef, Credentials>>;
  /** The servers that belong here, unless they are still those of `etag`. Throws when it cannot be asked. */
  pullExpected(etag: string | undefined): Promise<Pulled<ExpectedServers>>;
}

export interface PlatformOptions {
  /** The platform's origin. */
  url: string;
  datacenter: string;
  /** OIDC issuer, whose discovery document names where tokens are given (OpenID Connect Discovery 1.0, section 4). */
  issuer: string;
  client: { id: string; secret: Secret };
  timeoutMilliseconds?: number;
}

const Discovered = z.object({ token_endpoint: z.url() });
const Token = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().optional() });
/** Malformed, too large, or against the schema: sending the same again gets the same answer. */
const refusals = [400, 413, 422];

/** The platform over HTTP, under a client-credentials token (RFC 6749, section 4.4). */
export function createPlatform({ url, datacenter, issuer, client, timeoutMilliseconds = 10_000 }: PlatformOptions): Platform {
  const provider = createHttp({ system: 'sign-in', baseUrl: issuer, timeoutMilliseconds, retries: 0 });
  const login = keepLogin(async () => {
    const { body: { token_endpoint: path } } = await provider.send({ method: 'GET', path: '.well-known/openid-configuration', answers: { 200: Discovered } });
    const { body: token } = await provider.send({
      method: 'POST', path, body: new URLSearchParams({ grant_type: 'client_credentials' }).toString(), answers: { 200: Token },
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'authorization': basicAuthorization(client.id, client.secret.reveal()) },
    });
    return { headers: { authorization: `Bearer ${token.access_token}` }, expiresInSeconds: token.expires_in };
  });
  const http = createHttp({ system: 'platform', baseUrl: url, authentication: login, timeoutMilliseconds, retries: 0 });

  return {
    send: async (events) => {
      try {
        await http.send({ method: 'POST', path: '/api/v1/edge/events', body: { events }, answers: { 202: z.unknown() } });
        return { outcome: 'accepted' };
      } catch (error) {
        const because = explain(error);
        if (!(error instanceof CallFailed)) return { outcome: 'unreachable', because };
        if (error.system === 'platform' && error.status !== undefined && refusals.includes(error.status)) return { outcome: 'refused', because };
        return { outcome: 'unreachable', because, ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }) };
      }
    },
    fetchCommands: async (question, options) =>
      (await http.send({ method: 'GET', path: '/api/v1/edge/commands', query: { datacenter, ...question }, answers: { 200: EdgeCommands }, ...options })).body,
    readSecrets: async (refs) => {
      const { body: { secrets } } = await http.send({ method: 'POST', path: '/api/v1/edge/secrets', body: { refs }, answers: { 200: EdgeSecrets }, repeatable: true });
      return new Map(secrets.flatMap(({ ref, credentials }) => (credentials ? [[ref, credentials] as const] : [])));
    },
    pullExpected: async (etag) => {
      const answer = await http.send({
        method: 'GET', path: '/api/v1/edge/expected', query: { datacenter }, headers: etag === undefined ? {} : { 'if-none-match': etag }, answers: { 200: ExpectedServers, 304: z.unknown() },
      });
      return answer.status === 304 ? { outcome: 'unchanged' } : { outcome: 'changed', etag: answer.headers['etag'] ?? '', value: answer.body };
    },
  };
}
