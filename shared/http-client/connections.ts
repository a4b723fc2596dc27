import { createSecureContext } from 'node:tls';
import { Agent, type Dispatcher } from 'undici';

/** PEM: the authorities to believe (by default those that Node brings), and the certificate and key to show where one is asked for. */
export interface Tls {
  ca?: string | readonly string[];
  cert?: string;
  key?: string;
}

/** A function is asked before each call: who renews a certificate answers another object from then on. */
export type TlsChoice = Tls | (() => Tls) | 'insecure';

export interface Connections {
  /** What the next call goes over. */
  current(): Dispatcher;
  /** Lets calls under way finish. Connections that are shared with other clients stay. */
  close(): Promise<void>;
}

const plainAgent = new Agent({ keepAliveTimeout: 10_000, connections: 64 });
const insecureAgent = new Agent({ keepAliveTimeout: 10_000, connections: 16, connect: { rejectUnauthorized: false } });
const shared = (agent: Agent): Connections => ({ current: () => agent, close: async () => {} });

/** The connections of one client. With another certificate come other connections; the old ones close when their calls are done. */
export function connectionsFor(tls: TlsChoice | undefined): Connections {
  if (tls === undefined) return shared(plainAgent);
  if (tls === 'insecure') return shared(insecureAgent);
  let held: { by: Tls; agent: Agent } | undefined;
  return {
    current: () => {
      const wanted = typeof tls === 'function' ? tls() : tls;
      if (held?.by === wanted) return held.agent;
      void held?.agent.close();
      held = { by: wanted, agent: agentWith(wanted) };
      return held.agent;
    },
    close: async () => {
      const last = held;
      held = undefined;
      await last?.agent.close();
    },
  };
}

/** One context for all connections: reading a hundred authorities takes as long as the rest of a handshake. */
const agentWith = ({ ca, cert, key }: Tls): Agent =>
  new Agent({ keepAliveTimeout: 10_000, connect: { secureContext: createSecureContext({ ...(ca !== undefined && { ca: [ca].flat() }), cert, key }) } });
