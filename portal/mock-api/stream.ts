import type { ServerResponse } from 'node:http';
import type { Caller } from '../../shared/access/caller.ts';
import { forReader } from '../../shared/access/readers.ts';
import type { MockPlatform } from './platform.ts';

const heartbeatMilliseconds = 15_000;

/** Server-sent events, as the platform sends them: after the last one seen, filtered for their reader. */
export function stream(
  platform: MockPlatform,
  caller: Caller,
  response: ServerResponse,
  lastEventId: string | undefined,
): void {
  let sent = lastEventId === undefined ? platform.log.length : Number(lastEventId);
  const send = () => {
    for (const event of platform.log.slice(sent)) {
      sent = Number(event.sequence);
      const seen = forReader(caller, event);
      if (seen) response.write(`id: ${sent}\nevent: ${event.type}\ndata: ${JSON.stringify(seen)}\n\n`);
    }
  };
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(`retry: 2000\nid: ${sent}\n\n`);
  send();
  const beat = setInterval(() => response.write(': still here\n\n'), heartbeatMilliseconds);
  const stop = platform.onChange(send);
  response.on('close', () => {
    clearInterval(beat);
    stop();
  });
}
