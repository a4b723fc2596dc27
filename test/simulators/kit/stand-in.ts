import type { z } from 'zod';
import type { OutsideSystem } from '../../../shared/adapters/outside-system.ts';
import type { Simulator } from './simulator.ts';

type IsOptional<S extends z.core.$ZodType> = undefined extends z.input<S> ? true : false;
/** The settings of a system as the environment has them: those that it needs, and any of the others. */
type SettingsOf<S extends z.ZodRawShape> = {
  [K in keyof S as IsOptional<S[K]> extends true ? never : K]: string;
} & { [K in keyof S as IsOptional<S[K]> extends true ? K : never]?: string };

/** Where a simulator is reached. */
export interface ReachedAt {
  /** Below the lab's HTTP server, without a trailing slash. */
  url: string;
  /** The server of its own, for a simulator that opens one. */
  ownServer(): string;
}

/** A simulator, which outside system it plays, and the settings under which the platform takes it for that system. */
export interface StandIn {
  system: OutsideSystem;
  simulator: Simulator<never>;
  settings(at: ReachedAt): Record<string, string>;
}

export const standIn = <S extends z.ZodRawShape, State>(
  system: OutsideSystem<S>,
  simulator: Simulator<State>,
  settings: (at: ReachedAt) => SettingsOf<S>,
): StandIn => ({ system, simulator: simulator as unknown as Simulator<never>, settings });
