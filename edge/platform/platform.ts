import { z } from 'zod';
import { EdgeConfiguration } from '../../shared/domain/edge/agents.api.ts';
import { EdgeCommands, EdgeSecrets, ExpectedServers } from '../../shared/domain/edge/edge.api.ts';
import { AppError, explain } from '../../shared/kernel/errors/app-error.ts';
import { createHttp, type Answer, type Answers, type Call } from '../../shared/kernel/http-client/client.ts';
import { CallFailed } from '../../shared/kernel/http-client/failure.ts';
import type { Credentials, SecretRef } from '../../shared/ports/secrets.ts';
import type { Identity } from './identity.ts';

/**
 * What became of a batch. Only `refused` is about the events; `unreachable` is about the way, the platform, or our
 * right to speak.
 */
export type Verdict =
  | { outcome: 'accepted' }
  | { outcome: 'refused'; reason: string }
  | { outcome: 'unreachable'; reason: string; retryAfterSeconds?: number };

/** Something that is asked for again and again, and sent only when it has changed. */
export type Pulled<T> = { outcome: 'unchanged' } | { outcome: 'changed'; etag: string; value: T };

/** The platform as its agent sees it: everything goes out from here, nothing comes in. */
export interface Platform {
  /** Offers events in order. Never throws. */
  send(events: readonly unknown[]): Promise<Verdict>;
  /** What is to be done at this datacenter's management controllers. Throws when it cannot be asked. */
  fetchCommands(
    question: { process: string; ask: number; limit: number; wait: number },
    options: { signal: AbortSignal; timeoutMilliseconds: number },
  ): Promise<EdgeCommands>;
  /** Credentials by where they are kept; one that is not there is left out. Throws when it cannot be asked. */
  readSecrets(refs: readonly SecretRef[]): Promise<ReadonlyMap<SecretRef, Credentials>>;
  /** The servers that belong here, unless they are still those of `etag`. Throws when it cannot be asked. */
  pullExpected(etag: string | undefined): Promise<Pulled<ExpectedServers>>;
  /**
   * What the agent has to know, unless it is still that of `etag`; tells the platform what it runs. Throws when it
   * cannot be asked.
   */
  pullConfiguration(etag: string | undefined): Promise<Pulled<EdgeConfiguration>>;
  /** Gives its connections back once the calls under way are done. */
  close(): Promise<void>;
}

export interface PlatformOptions {
  /** The platform's origin. */
  url: string;
  datacenter: string;
  /** What this agent runs. */
  version: string;
  identity: Pick<Identity, 'tls' | 'obstacle' | 'accepted' | 'refused'>;
  timeoutMilliseconds?: number;
}

/** Malformed, too large, or against the schema: sending the same again gets the same answer. */
const refusals = [400, 413, 422];

/** The platform over HTTP, under the agent's own certificate. While that is of no use, nothing is sent. */
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
