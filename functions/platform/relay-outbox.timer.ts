import { timerFunction } from '../../shared/saga/timer.ts';

/** Whoever commits an event kicks the relay at once; this heals a crash between the two. */
export const relayOutbox = timerFunction({
  name: 'relay-outbox',
  schedule: '*/5 * * * * *',
  run: async ({ relay }) => relay.kick(),
});
