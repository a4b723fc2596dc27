// What the five datacenters' agents tell the platform: kept until it has been accepted, sent in order per datacenter.
import { z } from 'zod';
import type { ServerFacts } from '../../../shared/facts.ts';
import type { SimContext, Simulator } from '../kit/simulator.ts';
import { edgeClient } from '../oidc/oidc.ts';

export type EdgeMessage = { id: string; at: string; datacenter: string } & ({ kind: 'dhcp-lease'; mac: string; address: string } | { kind: 'inventory-report'; serial: string; facts: ServerFacts });
export interface EdgeState {
  /** By datacenter, oldest first. */
  journal: Record<string, EdgeMessage[]>;
  sent: number;
}

const retrySeconds = 1;
const Token = z.object({ access_token: z.string(), expires_in: z.number() });

/** `platform` and `issuer` answer where those are reached, once they are. */
export function createEdge(reach: { platform(): string | undefined; issuer(): string; realSeconds(seconds: number): number }): Simulator<EdgeState> {
  const tokens = new Map<string, { value: string; until: number }>();

  async function tokenFor(datacenter: string, now: number): Promise<string> {
    const known = tokens.get(datacenter);
    if (known && known.until > now) return known.value;
    const { id, secret } = edgeClient(datacenter);
    const answer = await fetch(`${reach.issuer()}/token`, { method: 'POST', headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` }, body: new URLSearchParams({ grant_type: 'client_credentials' }) });
    const { access_token: value, expires_in } = Token.parse(await answer.json());
    tokens.set(datacenter, { value, until: now + (expires_in - 60) * 1000 });
    return value;
  }

  async function send(datacenter: string, context: SimContext<EdgeState>): Promise<void> {
    const waiting = context.state.journal[datacenter] ?? [];
    const platform = reach.platform();
    if (waiting.length === 0) return;
    const batch = waiting.slice(0, 100);
    const isAccepted = platform !== undefined && (await post(platform, datacenter, batch, context.now()));
    if (isAccepted) {
      context.state.journal[datacenter] = (context.state.journal[datacenter] ?? []).slice(batch.length);
      context.state.sent += batch.length;
    }
    if ((context.state.journal[datacenter] ?? []).length > 0) context.later('send', reach.realSeconds(retrySeconds), datacenter);
  }

  async function post(platform: string, datacenter: string, events: EdgeMessage[], now: number): Promise<boolean> {
    try {
      const answer = await fetch(`${platform}/api/v1/edge/events`, {
        method: 'POST', headers: { 'authorization': `Bearer ${await tokenFor(datacenter, now)}`, 'content-type': 'application/json' }, body: JSON.stringify({ events }), signal: AbortSignal.timeout(5000),
      });
      if (answer.status === 401) tokens.delete(datacenter);
      if (!answer.ok && answer.status < 500) console.error(`edge: ${datacenter} was answered ${answer.status}: ${await answer.text()}`);
      return answer.ok;
    } catch {
      return false; // the platform or the line is down; the journal keeps it
    }
  }

  return {
    name: 'edge',
    initialState: () => ({ journal: {}, sent: 0 }),
    jobs: {
      note: (message: EdgeMessage, context: SimContext<EdgeState>) => {
        const journal = (context.state.journal[message.datacenter] ??= []);
        journal.push(message);
        if (journal.length === 1) context.later('send', 0, message.datacenter);
      },
      send: (datacenter: string, context: SimContext<EdgeState>) => send(datacenter, context),
    },
  };
}
