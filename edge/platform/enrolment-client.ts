import { AgentIdentity } from '../../shared/domain/edge/agents.api.ts';
import { createHttp } from '../../shared/kernel/http-client/client.ts';
import type { Tls } from '../../shared/kernel/http-client/connections.ts';

export interface EnrolmentClientOptions {
  /** The origin of the platform's URL. */
  url: string;
  /** The agent's release. */
  version: string;
  timeoutMilliseconds?: number;
}

/** Obtains the agent's certificates from the platform. Both calls throw CallFailed. */
export interface EnrolmentClient {
  /** Without a certificate, with a code. Calling again for the same key is safe. */
  enrol(tls: Tls, wish: { code: string; csr: string }): Promise<AgentIdentity>;
  /** With the current certificate. */
  renew(tls: Tls, wish: { csr: string }): Promise<AgentIdentity>;
}

export function createEnrolmentClient({
  url,
  version,
  timeoutMilliseconds = 20_000,
}: EnrolmentClientOptions): EnrolmentClient {
  const ask = async (tls: Tls, path: string, body: object): Promise<AgentIdentity> => {
    const http = createHttp({ system: 'platform', baseUrl: url, tls, timeoutMilliseconds, retries: 0 });
    try {
      return (
        await http.send({
          method: 'POST',
          path,
          body: { ...body, version },
          answers: { 200: AgentIdentity },
          repeatable: true,
        })
      ).body;
    } finally {
      await http.close();
    }
  };
  return {
    enrol: (tls, wish) => ask(tls, '/api/v1/edge/enrol', wish),
    renew: (tls, wish) => ask(tls, '/api/v1/edge/renew', wish),
  };
}
