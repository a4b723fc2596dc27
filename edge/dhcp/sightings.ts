import type { Lease } from './lease.ts';

export interface Sighting {
  mac: string;
  circuitId: string;
  /** The server that the MAC belonged to then. */
  serverId: string | undefined;
  /** Milliseconds since 1970. */
  at: number;
}

/** What has been seen on which switch port: the latest sighting of each MAC on each circuit. Old ones go where there are too many. */
export class Sightings {
  readonly #limit: number;
  /** By MAC and circuit; the latest noted is last. */
  readonly #all = new Map<string, Sighting>();
  readonly #byMac = new Map<string, Map<string, Sighting>>();
  readonly #byCircuit = new Map<string, Map<string, Sighting>>();

  constructor(limit = 50_000) {
    this.#limit = limit;
  }

  note({ mac, circuitId, at }: Lease, serverId: string | undefined): void {
    if (circuitId === undefined) return;
    const key = `${mac} ${circuitId}`;
    this.#forget(key);
    const sighting = { mac, circuitId, serverId, at: Date.parse(at) };
    this.#all.set(key, sighting);
    inner(this.#byMac, mac).set(circuitId, sighting);
    inner(this.#byCircuit, circuitId).set(mac, sighting);
    const [oldest] = this.#all.keys();
    if (this.#all.size > this.#limit && oldest !== undefined) this.#forget(oldest);
  }

  of(mac: string): Sighting[] {
    return [...(this.#byMac.get(mac)?.values() ?? [])];
  }

  on(circuitId: string): Sighting[] {
    return [...(this.#byCircuit.get(circuitId)?.values() ?? [])];
  }

  #forget(key: string): void {
    const known = this.#all.get(key);
    if (known === undefined) return;
    this.#all.delete(key);
    for (const [index, outer, innerKey] of [[this.#byMac, known.mac, known.circuitId], [this.#byCircuit, known.circuitId, known.mac]] as const) {
      const map = index.get(outer);
      map?.delete(innerKey);
      if (map?.size === 0) index.delete(outer);
    }
  }
}

function inner(index: Map<string, Map<string, Sighting>>, key: string): Map<string, Sighting> {
  const known = index.get(key) ?? new Map<string, Sighting>();
  index.set(key, known);
  return known;
}
