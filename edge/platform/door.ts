import { AgentIdentity } from '../../shared/domain/edge/agents.api.ts';
import { createHttp } from '../../shared/kernel/http-client/client.ts';
import type { Tls } from '../../shared/kernel/http-client/connections.ts';

export interface DoorOptions {
  /** The platform's origin. */
  url: string;
  /** What this agent runs. */
  version: string;
  timeoutMilliseconds?: number;
}

/** Where an agent gets its certificates. Both throw CallFailed. */
export interface Door {
  /** As nobody, with a code. Asking again with the same request key is safe. */
  enrol(tls: Tls, wish: { code: string; csr: string }): Promise<AgentIdentity>;
  /** As who it is, with the certificate it has. */
  renew(tls: Tls, wish: { csr: string }): Promise<AgentIdentity>;
}

export function createDoor({ url, version, timeoutMilliseconds = 20_000 }: DoorOptions): Door {
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
