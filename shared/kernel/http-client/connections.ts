import type { LookupOptions } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { createSecureContext } from 'node:tls';
import { callbackify } from 'node:util';
import { Agent, buildConnector, type Dispatcher } from 'undici';

/**
 * PEM: the authorities to believe (by default those that Node brings), and the certificate and key to show where one is
 * asked for.
 */
export interface Tls {
  ca?: string | readonly string[];
  cert?: string;
  key?: string;
}

/** A function is asked before each call: who renews a certificate answers another object from then on. */
export type TlsChoice = Tls | (() => Tls) | 'insecure';

/**
 * Whether a connection may be opened to this IP address. Asked once per connection, after a name has been resolved and
 * before anything is sent. Clients that are given the same function share connections.
 */
export type MayConnect = (ip: string) => boolean | Promise<boolean>;

/** A connection that was not opened, because `MayConnect` said no to its address. */
export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
}

export interface Connections {
  /**
   * What the next call goes over: connections that are kept, or, for who wants one that nobody has used, those that are
   * not.
   */
  current(isNew?: boolean): Dispatcher;
  /** Lets calls under way finish. Connections that are shared with other clients stay. */
  close(): Promise<void>;
}

interface Agents {
  kept: Agent;
  fresh: Agent;
}
const agents = (options: Agent.Options): Agents => ({
  kept: new Agent({ keepAliveTimeout: 10_000, ...options }),
  fresh: new Agent({ ...options, pipelining: 0 }),
});
const plainOptions = { connections: 64 };
const insecureOptions = { connections: 16, connect: { rejectUnauthorized: false } };
const plainAgents = agents(plainOptions);
const insecureAgents = agents(insecureOptions);
const shared = ({ kept, fresh }: Agents): Connections => ({
  current: (isNew) => (isNew ? fresh : kept),
  close: async () => {},
});

/**
 * The connections of one client. With another certificate come other connections; the old ones close when their calls
 * are done.
 */
export function connectionsFor(tls: TlsChoice | undefined, mayConnect?: MayConnect): Connections {
  if (tls === undefined) return shared(mayConnect ? guardedAgents(mayConnect).plain : plainAgents);
  if (tls === 'insecure') return shared(mayConnect ? guardedAgents(mayConnect).insecure : insecureAgents);
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
        held = { by: wanted, ...agentsWith(wanted, mayConnect) };
      }
      return isNew ? held.fresh : held.kept;
    },
    close: give,
  };
}

/** One context for all connections: reading a hundred authorities takes as long as the rest of a handshake. */
const agentsWith = ({ ca, cert, key }: Tls, mayConnect?: MayConnect): Agents => {
  const connect = { secureContext: createSecureContext({ ...(ca !== undefined && { ca: [ca].flat() }), cert, key }) };
  return agents({ connect: mayConnect ? guarded(mayConnect, connect) : connect });
};

/** A client is made for each of thousands of BMCs: those under one rule share their connections. */
const guardedBy = new WeakMap<MayConnect, { plain: Agents; insecure: Agents }>();
function guardedAgents(mayConnect: MayConnect): { plain: Agents; insecure: Agents } {
  const made = guardedBy.get(mayConnect) ?? {
    plain: agents({ ...plainOptions, connect: guarded(mayConnect) }),
    insecure: agents({ ...insecureOptions, connect: guarded(mayConnect, insecureOptions.connect) }),
  };
  guardedBy.set(mayConnect, made);
  return made;
}

/** Opens no connection to an address that is forbidden, whether it was written down or a name was resolved to it. */
function guarded(mayConnect: MayConnect, options: buildConnector.BuildOptions = {}): buildConnector.connector {
  const connect = buildConnector({ ...options, lookup: lookupAllowed(mayConnect) });
  const judge = callbackify(async (ip: string) => {
    if (!(await mayConnect(ip))) throw forbidden(ip);
  });
  return (to, callback) => {
    if (isIP(to.hostname) === 0) return connect(to, callback); // its addresses are judged when they are looked up
    judge(to.hostname, (refusal) => (refusal ? callback(refusal, null) : connect(to, callback)));
  };
}

/** `dns.lookup` that leaves out addresses that are forbidden, and fails where no other is left. */
function lookupAllowed(mayConnect: MayConnect): LookupFunction {
  const find = callbackify(async (name: string, options: LookupOptions) => {
    const found = await lookup(name, { ...options, all: true });
    const verdicts = await Promise.all(found.map(({ address }) => mayConnect(address)));
    const allowed = found.filter((_each, index) => verdicts[index]);
    if (allowed.length === 0) throw forbidden(`${name} (${found.map(({ address }) => address).join(', ')})`);
    return allowed;
  });
  return (name, options, callback) =>
    find(name, options, (error, allowed) => {
      const [first] = allowed ?? [];
      if (error || !first) callback(error, []);
      else if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
}

const forbidden = (what: string) => new ForbiddenAddress(`${what} lies outside the networks that may be connected to`);
