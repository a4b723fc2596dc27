import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/**
 * The library writes a function's body as fast as it comes and does not look whether anyone reads. Here a streamed
 * body is tied to its reader: it is asked for more only when the last chunk is on its way, and cancelled when the
 * client has gone. Answers that are not streams are left as they are.
 */
export function tieToReader(result: unknown, res: ServerResponse): unknown {
  const source = streamOf(result);
  if (!source || typeof result !== 'object' || result === null) return result;
  const rest = Object.fromEntries(
    ['status', 'headers', 'cookies', 'enableContentNegotiation'].map((name) => [name, Reflect.get(result, name)]),
  );
  return { ...rest, body: paced(source, res) };
}

/** A stream a function returned as `body`, in an object of its own or in the library's HttpResponse. */
function streamOf(result: unknown): ReadableStream | undefined {
  if (typeof result !== 'object' || result === null || !('body' in result)) return undefined;
  if ('jsonBody' in result && result.jsonBody !== undefined) return undefined; // takes precedence over body
  const { body } = result;
  if (body instanceof ReadableStream) return body;
  return typeof body === 'object' && body !== null && isAsyncIterable(body) ? ReadableStream.from(body) : undefined;
}

const isAsyncIterable = (value: object): value is AsyncIterable<unknown> => Symbol.asyncIterator in value;

function paced(source: ReadableStream, res: ServerResponse): ReadableStream {
  const reader = source.getReader();
  const leave = () => void reader.cancel(new Error('The client went away.')).catch(() => {}); // nobody is left to tell
  res.once('close', leave);
  return new ReadableStream(
    {
      pull: async (controller) => {
        if (isEventStream(res)) res.flushHeaders(); // its client waits for them, perhaps long before the first event
        if (res.writableNeedDrain) await Promise.race([once(res, 'drain'), once(res, 'close')]);
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        res.off('close', leave);
        controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Server-sent events: an answer that is not meant to end. */
export const isEventStream = (res: ServerResponse): boolean =>
  String(res.getHeader('content-type')).startsWith('text/event-stream');
