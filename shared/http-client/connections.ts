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
  /** What the next call goes over: connections that are kept, or, for who wants one that nobody has used, those that are not. */
  current(isNew?: boolean): Dispatcher;
  /** Lets calls under way finish. Connections that are shared with other clients stay. */
  close(): Promise<void>;
}

interface Agents {
  kept: Agent;
  fresh: Agent;
}
const agents = (options: Agent.Options): Agents => ({ kept: new Agent({ keepAliveTimeout: 10_000, ...options }), fresh: new Agent({ ...options, pipelining: 0 }) });
const plainAgents = agents({ connections: 64 });
const insecureAgents = agents({ connections: 16, connect: { rejectUnauthorized: false } });
const shared = ({ kept, fresh }: Agents): Connections => ({ current: (isNew) => (isNew ? fresh : kept), close: async () => {} });

/** The connections of one client. With another certificate come other connections; the old ones close when their calls are done. */
export function connectionsFor(tls: TlsChoice | undefined): Connections {
  if (tls === undefined) return shared(plainAgents);
  if (tls === 'insecure') return shared(insecureAgents);
  let held: (Agents & { by: Tls }) | undefined;
  const give = async () => {
    const last = held;
    held = undefined;
    await Promise.all([last?.kept.close(), last?.fresh.close()]);
  };
  return {
    current: (isNew) => {
      const wanted = typeof tls === 'function' ? tls() : tls;
      if (held?.by !== wanted) {
        void give();
        held = { by: wanted, ...agentsWith(wanted) };
      }
      return isNew ? held.fresh : held.kept;
    },
    close: give,
  };
}

/** One context for all connections: reading a hundred authorities takes as long as the rest of a handshake. */
const agentsWith = ({ ca, cert, key }: Tls): Agents =>
  agents({ connect: { secureContext: createSecureContext({ ...(ca !== undefined && { ca: [ca].flat() }), cert, key }) } });
