import { z } from 'zod';
import { EdgeConfiguration } from '../../shared/domain/edge/agents.api.ts';
import { EdgeCommands, EdgeSecrets, ExpectedServers } from '../../shared/domain/edge/edge.api.ts';
import { AppError, explain } from '../../shared/kernel/errors/app-error.ts';
import { createHttp, type Answer, type Answers, type Call } from '../../shared/kernel/http-client/client.ts';
import { CallFailed } from '../../shared/kernel/http-client/failure.ts';
import type { Credentials, SecretRef } from '../../shared/ports/secrets.ts';
import type { Identity } from './identity.ts';

/**
 * What became of a batch. Only `refused` is about the events; `unreachable` is about the network, the platform or our
 * identity.
 */
export type Verdict =
  | { outcome: 'accepted' }
  | { outcome: 'refused'; reason: string }
  | { outcome: 'unreachable'; reason: string; retryAfterSeconds?: number };

/** The answer to a pull: sent only when it has changed. */
export type Pulled<T> = { outcome: 'unchanged' } | { outcome: 'changed'; etag: string; value: T };

/** The platform as the agent calls it. The platform never calls the agent. */
export interface Platform {
  /** Sends events in order. Never throws. */
  send(events: readonly unknown[]): Promise<Verdict>;
  /** Commands for this datacenter's management controllers. Throws when the platform does not answer. */
  fetchCommands(
    question: { process: string; ask: number; limit: number; wait: number },
    options: { signal: AbortSignal; timeoutMilliseconds: number },
  ): Promise<EdgeCommands>;
  /** Credentials by reference; one that does not exist is left out. Throws when the platform does not answer. */
  readSecrets(refs: readonly SecretRef[]): Promise<ReadonlyMap<SecretRef, Credentials>>;
  /** The servers that belong here, unless they still have that `etag`. Throws when the platform does not answer. */
  pullExpected(etag: string | undefined): Promise<Pulled<ExpectedServers>>;
  /**
   * The configuration, unless it still has that `etag`; tells the platform which release the agent runs. Throws when
   * the platform does not answer.
   */
  pullConfiguration(etag: string | undefined): Promise<Pulled<EdgeConfiguration>>;
  /** Closes the connections once pending calls have ended. */
  close(): Promise<void>;
}

export interface PlatformOptions {
  /** The origin of the platform's URL. */
  url: string;
  datacenter: string;
  /** The agent's release. */
  version: string;
  identity: Pick<Identity, 'tls' | 'obstacle' | 'accepted' | 'refused'>;
  timeoutMilliseconds?: number;
}

/** Malformed, too large, or against the schema: the same request would be refused again. */
const refusals = [400, 413, 422];

/** The platform over HTTPS, under the agent's certificate. Without a usable one nothing is sent. */
export function createPlatform({
  url,
  datacenter,
  version,
  identity,
  timeoutMilliseconds = 10_000,
}: PlatformOptions): Platform {
  const http = createHttp({ system: 'platform', baseUrl: url, tls: identity.tls, timeoutMilliseconds, retries: 0 });

  async function send<A extends Answers>(call: Call<A>): Promise<Answer<A>> {
    const obstacle = identity.obstacle();
    if (obstacle !== undefined)
      throw new AppError({
        code: 'edge.nobody',
        kind: 'unavailable',
        publicMessage: `Nothing is sent to the platform: ${obstacle}.`,
      });
    try {
      const answer = await http.send(call);
      identity.accepted();
      return answer;
    } catch (error) {
      if (error instanceof CallFailed && error.status === 401) identity.refused(explain(error));
      throw error;
    }
  }

  async function pull<S extends z.ZodType>(
    path: string,
    query: Record<string, string>,
    schema: S,
    etag: string | undefined,
  ): Promise<Pulled<z.infer<S>>> {
    const answer = await send({
      method: 'GET',
      path,
      query,
      headers: etag === undefined ? {} : { 'if-none-match': etag },
      answers: { 200: schema, 304: z.unknown() },
    });
    return answer.status === 304
      ? { outcome: 'unchanged' }
      : { outcome: 'changed', etag: answer.headers['etag'] ?? '', value: answer.body };
  }

  return {
    send: async (events) => {
      try {
        await send({ method: 'POST', path: '/api/v1/edge/events', body: { events }, answers: { 202: z.unknown() } });
        return { outcome: 'accepted' };
      } catch (error) {
        const reason = explain(error);
        if (!(error instanceof CallFailed)) return { outcome: 'unreachable', reason };
        if (error.system === 'platform' && error.status !== undefined && refusals.includes(error.status))
          return { outcome: 'refused', reason };
        return {
          outcome: 'unreachable',
          reason,
          ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }),
        };
      }
    },
    fetchCommands: async (question, options) =>
      (
        await send({
          method: 'GET',
          path: '/api/v1/edge/commands',
          query: { datacenter, ...question },
          answers: { 200: EdgeCommands },
          ...options,
        })
      ).body,
    readSecrets: async (refs) => {
      const {
        body: { secrets },
      } = await send({
        method: 'POST',
        path: '/api/v1/edge/secrets',
        body: { refs },
        answers: { 200: EdgeSecrets },
        repeatable: true,
      });
      return new Map(secrets.flatMap(({ ref, credentials }) => (credentials ? [[ref, credentials] as const] : [])));
    },
    pullExpected: (etag) => pull('/api/v1/edge/expected', { datacenter }, ExpectedServers, etag),
    pullConfiguration: (etag) => pull('/api/v1/edge/config', { version }, EdgeConfiguration, etag),
    close: () => http.close(),
  };
}
