import { z } from 'zod';
import { known, said } from '../../facts/said.ts';
import type { Health } from '../../facts/server.ts';
import { EventMessage } from './contract.ts';
import { toSeverity, toTime } from './map-log.ts';

/**
 * Something may have happened at a BMC: it is time to look. What happened is what one sees then, not what is said here.
 */
export interface BmcHint {
  /** `event`: the BMC says so. `listening-again`: nobody was listening for a while, and who knows what happened. */
  reason: 'event' | 'listening-again';
  text: string;
  severity?: Health | undefined;
  at?: string | undefined;
  code?: string | undefined;
}

export const listeningAgain: BmcHint = { reason: 'listening-again', text: 'events may have gone by unheard' };

/** The hints in a message as a BMC streams or posts it; what nobody understands still is a hint. */
export function hintsOf(body: unknown): BmcHint[] {
  const message = EventMessage.safeParse(body).data;
  const hints = (message?.Events.read ?? []).map((event) =>
    known<BmcHint>({
      reason: 'event',
      text: said(event.Message) ?? said(event.MessageId) ?? said(event.EventType) ?? 'an event without words',
      severity: toSeverity(event.MessageSeverity ?? event.Severity),
      at: toTime(event.EventTimestamp),
      code: said(event.MessageId?.split('.').at(-1)),
    }),
  );
  const isUnclear = message === undefined || message.Events.unread > 0;
  return isUnclear ? [...hints, { reason: 'event', text: 'an event that could not be understood' }] : hints;
}

/** An event is small; one that never ends must not fill our memory. */
const mostCharacters = 1024 * 1024;

/**
 * The data of each event in a stream (WHATWG server-sent events), parsed; numbers and names, which some BMCs leave out,
 * are not needed.
 */
export async function* eventsIn(stream: AsyncIterable<string>): AsyncGenerator<unknown> {
  let rest = '';
  let data: string[] = [];
  for await (const chunk of stream) {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '' && data.length > 0) {
        yield parsed(data.join('\n'));
        data = [];
      } else if (/^data(:|$)/.test(line)) data.push(line.replace(/^data:? ?/, ''));
    }
    if (rest.length + data.reduce((sum, each) => sum + each.length, 0) > mostCharacters)
      throw new Error('an event does not end');
  }
}

const Json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' });
    return z.NEVER;
  }
});
/** Undefined where it is no JSON. */
const parsed = (text: string): unknown => Json.safeParse(text).data;
