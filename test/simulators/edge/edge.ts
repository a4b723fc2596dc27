// The DHCP servers of each datacenter post to the agent there who was given which address.
import type { SimContext, Simulator } from '../kit/simulator.ts';

export interface EdgeMessage {
  datacenter: string;
  /** `port` is the BMC's own: two labs on one machine never meet. */
  lease: { mac: string; address: string; port: number };
}
export interface EdgeState {
  accepted: number;
}

const askAgainMilliseconds = 500;
const patienceMilliseconds = 5000;

/** `agentOf` answers where a datacenter's agent listens. A lease that is not accepted is posted again. */
export function createEdge({
  agentOf,
  speed,
}: {
  agentOf(datacenter: string): string | undefined;
  speed: number;
}): Simulator<EdgeState> {
  async function isAccepted({ datacenter, lease }: EdgeMessage): Promise<boolean> {
    try {
      const answer = await fetch(`${agentOf(datacenter)}/lease`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(lease),
        signal: AbortSignal.timeout(patienceMilliseconds),
      });
      if (answer.status === 400)
        console.error(`edge: the agent of ${datacenter} does not understand a lease: ${await answer.text()}`);
      return answer.ok;
    } catch {
      return false;
    }
  }
  async function report(message: EdgeMessage, context: SimContext<EdgeState>): Promise<void> {
    if (await isAccepted(message)) context.state.accepted += 1;
    else context.later('report', (askAgainMilliseconds / 1000) * speed, message);
  }
  return { name: 'edge', initialState: () => ({ accepted: 0 }), jobs: { report } };
}
