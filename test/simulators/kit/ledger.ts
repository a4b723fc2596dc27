export interface Effect {
  system: string;
  kind: string;
  key: string;
  times: number;
  firstAt: string;
  /** It was taken back since (a device removed, a host deleted): happening once more is no repetition. */
  isTakenBack?: boolean;
}

/** What happened in the simulated world, by idempotency key. `times` above 1 is a defect of whoever caused it. */
export class EffectLedger {
  readonly #effects = new Map<string, Effect>();

  constructor(saved: readonly Effect[] = []) {
    for (const effect of saved) this.#effects.set(keyOf(effect), { ...effect });
  }
  add(system: string, kind: string, key: string, at: number): void {
    const effect = { system, kind, key, times: 1, firstAt: new Date(at).toISOString() };
    const known = this.#effects.get(keyOf(effect));
    if (!known) this.#effects.set(keyOf(effect), effect);
    else if (known.isTakenBack) known.isTakenBack = false;
    else known.times += 1;
  }
  takeBack(system: string, kind: string, key: string): void {
    const known = this.#effects.get(keyOf({ system, kind, key }));
    if (known) known.isTakenBack = true;
  }
  all(): Effect[] {
    return [...this.#effects.values()];
  }
  repeated(): Effect[] {
    return this.all().filter((effect) => effect.times > 1);
  }
}

const keyOf = (effect: Pick<Effect, 'system' | 'kind' | 'key'>) => `${effect.system}\0${effect.kind}\0${effect.key}`;
