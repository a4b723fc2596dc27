import type { Action } from '../../../shared/access/caller.ts';
import type { Cause } from '../../../shared/lifecycle/transitions.ts';
import { transitions } from '../../../shared/lifecycle/transitions.ts';
import { either, words } from './words.ts';

/** Why something cannot be done now, as the button says it; null when it can. */
export type Blocked = string | null;

const causeOf = { maintain: 'maintenance-started', decommission: 'decommission-proposed' } as const satisfies Record<
  string,
  Cause
>;
const actionOf = { maintain: 'maintenance:request', decommission: 'decommission:propose' } as const satisfies Record<
  string,
  Action
>;

/** Whether a server in this state can be maintained or decommissioned: the lifecycle's own table decides. */
export function blocked(act: keyof typeof causeOf, state: string, may: (action: Action) => boolean): Blocked {
  if (!may(actionOf[act])) return 'Your role does not include this.';
  const from = transitions.filter(({ cause }) => cause === causeOf[act]).map((each) => each.from);
  if (from.some((each) => each === state)) return null;
  return (
    `Needs a server that is ${either(from.flatMap((each) => (each ? [quoted(each)] : [])))}; this one is ` +
    `${quoted(state)}.`
  );
}

/** There are credentials only while a tenant works with the server. */
export function credentialsBlocked(state: string, may: (action: Action) => boolean): Blocked {
  if (!may('server:credentials')) return 'Your role does not show credentials.';
  return state === 'IN_SERVICE' || state === 'MAINTENANCE'
    ? null
    : `A server that is ${quoted(state)} has no credentials to show.`;
}

const quoted = (state: string): string => `“${words(state)}”`;
