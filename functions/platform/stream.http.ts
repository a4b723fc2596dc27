import { ReadableStream } from 'node:stream/web';
import { app, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import type { Caller } from '../../shared/access/caller.ts';
import { forReader, readableBy } from '../../shared/access/readers.ts';
import type { CloudEvent } from '../../shared/events/cloud-event.ts';
import type { Feed } from '../../shared/events/feed.ts';
import { lastSequence } from '../../shared/events/log.db.ts';
import { readEvents } from '../../shared/events/log.ts';
import type { HttpFrame } from '../../shared/http/register.ts';
import { forbidden, toProblemResponse } from '../../shared/http/reply.ts';
import { traceOf } from '../../shared/http/trace.ts';
import { whoAsks } from '../../shared/http/who-asks.ts';
import type { Database } from '../../shared/kernel/database/database.ts';

const heartbeatMilliseconds = 15_000;
const catchUpBatch = 500;

/**
 * `GET /api/v1/stream`: server-sent events, resumed after `Last-Event-ID`, filtered for each reader as they are sent.
 */
export function registerStream(frame: HttpFrame, feed: Feed): void {
  app.http('stream', {
    methods: ['GET'],
    route: 'api/v1/stream',
    authLevel: 'anonymous',
    handler: (request) => stream(request, frame, feed),
  });
}

async function stream(request: HttpRequest, frame: HttpFrame, feed: Feed): Promise<HttpResponseInit> {
  let caller: Caller;
  try {
    caller = await whoAsks(request, frame);
    if (!caller.may('event:read')) throw forbidden(caller);
  } catch (error) {
    return toProblemResponse(error, traceOf(request));
  }
  const lastSeen = Number(request.headers.get('last-event-id') || request.query.get('after') || Number.NaN);
  const after = Number.isSafeInteger(lastSeen) ? lastSeen : await lastSequence(frame.deps.db);
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
    body: eventsAfter(after, caller, frame.deps.db, feed),
  };
}

function eventsAfter(after: number, caller: Caller, db: Database, feed: Feed): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let sent = after;
  let stop = () => {};
  return new ReadableStream<Uint8Array>({
    start: async (controller) => {
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      let isOver = false;
      let unfollow = () => {};
      const beat = setInterval(() => send(': still here\n\n'), heartbeatMilliseconds);
      stop = () => {
        isOver = true;
        clearInterval(beat);
        unfollow();
      };
      const pass = (event: CloudEvent) => {
        const sequence = Number(event.sequence);
        if (isOver || sequence <= sent) return;
        sent = sequence;
        const seen = forReader(caller, event);
        if (seen) send(`id: ${sequence}\nevent: ${event.type}\ndata: ${JSON.stringify(seen)}\n\n`);
      };
      try {
        // Where it begins, so that a reader who has heard nothing yet also resumes without a gap.
        send(`retry: 2000\nid: ${after}\n\n`);
        // Follow first and hold back, then catch up from the log: nothing falls between the two.
        let held: CloudEvent[] | undefined = [];
        unfollow = await feed.follow((event) => (held ? held.push(event) : pass(event)));
        if (isOver) return unfollow();
        for (let count = catchUpBatch; count === catchUpBatch;) {
          const missed = await readEvents(db, { readable: readableBy(caller), after: sent, limit: catchUpBatch });
          count = missed.length;
          missed.forEach(pass);
        }
        held.forEach(pass);
        held = undefined;
      } catch (error) {
        stop();
        throw error; // ends the stream; its reader comes back
      }
    },
    cancel: () => stop(),
  });
}
