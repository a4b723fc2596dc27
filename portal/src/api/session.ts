import { createContext, use } from 'react';
import type { Action } from '../../../shared/access/caller.ts';
import type { MeView } from '../../../shared/access/me.api.ts';

/** Who is signed in. Every page below the layout has one. */
export const Session = createContext<MeView | null>(null);

export function useMe(): MeView {
  const me = use(Session);
  if (!me) throw new Error('Only pages of somebody who is signed in may ask who it is.');
  return me;
}

/** Whether the caller's role allows something at all. Whose thing it is, the API decides. */
export function useMay(): (action: Action) => boolean {
  const { may } = useMe();
  return (action) => may.includes(action);
}
