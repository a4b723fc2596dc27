import { useEffect, useRef } from 'react';
import { createStore, useStore } from '../api/store.ts';

const spoken = createStore<{ text: string; at: number }>({ text: '', at: 0 });

/** Says something once to whoever listens to the page, and shows it briefly to whoever looks. */
export const announce = (text: string): void => spoken.write({ text, at: Date.now() });

const shownMilliseconds = 6000;

export function Announcer() {
  const said = useStore(spoken);
  useEffect(() => {
    if (said.text === '') return undefined;
    const timer = setTimeout(() => spoken.write({ text: '', at: 0 }), shownMilliseconds);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <div className="announcer" role="status" aria-live="polite">
      {said.text && <span key={said.at}>{said.text}</span>}
    </div>
  );
}

/** Announces a text when it changes while the page is open; not what it was when the page was opened. */
export function useAnnounceChange(text: string | undefined): void {
  const before = useRef(text);
  useEffect(() => {
    if (text !== undefined && before.current !== undefined && before.current !== text) announce(text);
    before.current = text;
  }, [text]);
}
