// What the machines of each datacenter tell the agent there: a lease their DHCP server's hook reports, an inventory their validation image posts.
import type { ServerFacts } from '../../../shared/facts.ts';
import type { SimContext, Simulator } from '../kit/simulator.ts';

export type EdgeMessage = { datacenter: string } & ({ path: '/lease'; body: { mac: string; address: string } } | { path: '/inventory'; body: { serial: string; facts: ServerFacts } });
export interface EdgeState {
  told: number;
}

const askAgainMilliseconds = 500;
const patienceMilliseconds = 5000;

/** `agentOf` answers where a datacenter's agent listens. Whoever is not heard asks again, as a DHCP client and the image do. */
export function createEdge({ agentOf, speed }: { agentOf(datacenter: string): string | undefined; speed: number }): Simulator<EdgeState> {
  async function isHeard({ datacenter, path, body }: EdgeMessage): Promise<boolean> {
    try {
      const answer = await fetch(`${agentOf(datacenter)}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(patienceMilliseconds) });
      if (answer.status === 400) console.error(`edge: the agent of ${datacenter} does not understand ${path}: ${await answer.text()}`);
      return answer.ok;
    } catch {
      return false;
    }
  }
  async function tell(message: EdgeMessage, context: SimContext<EdgeState>): Promise<void> {
    if (await isHeard(message)) context.state.told += 1;
    else context.later('tell', (askAgainMilliseconds / 1000) * speed, message);
  }
  return { name: 'edge', initialState: () => ({ told: 0 }), jobs: { tell } };
}
