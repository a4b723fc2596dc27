import { get } from 'node:http';

export interface HangWatchOptions {
  /** Resolves when the process answers, whatever it says; throws where it cannot be reached. */
  ask(): Promise<void>;
  /** Called once, when it has not answered for 30 s. */
  onHang(): void;
  /** Runs something again and again until the function it answers is called. */
  every?: Every;
}
export type Every = (milliseconds: number, run: () => void) => () => void;

const askEveryMilliseconds = 5_000;
/**
 * Six in a row are 30 s. Counted and not measured: after the machine has slept, one question is late and not all of
 * them.
 */
const mostMissed = 6;

/**
 * Asks a process again and again whether it is there. One that hangs is not seen by waiting for its end: its event
 * loop stands still, and it takes connections as before. A question stays open until it is answered. Answers how to
 * stop.
 */
export function watchForHang({ ask, onHang, every = onTheClock }: HangWatchOptions): () => void {
  let missed = 0;
  let isOpen = false;
  const stop = every(askEveryMilliseconds, () => {
    if (isOpen) missed += 1;
    if (missed >= mostMissed) {
      stop();
      return onHang();
    }
    if (isOpen) return;
    isOpen = true;
    ask()
      .then(
        () => void (missed = 0),
        () => void (missed += 1),
      )
      .finally(() => void (isOpen = false));
  });
  return stop;
}

/** Whether anybody answers at an address, over a connection of its own. */
export const askOver = (url: string) => (): Promise<void> =>
  new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      response.resume();
      resolve();
    }).on('error', reject);
  });

const onTheClock: Every = (milliseconds, run) => {
  const timer = setInterval(run, milliseconds).unref();
  return () => clearInterval(timer);
};
