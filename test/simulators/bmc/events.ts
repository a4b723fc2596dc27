import { z } from 'zod';
import { empty, json, type SimAnswer, type SimChannel } from '../kit/simulator.ts';
import { notFound, problem } from './answers.ts';
import type { Machine } from './machine.ts';
import { listing, resource } from './resource.ts';
import type { BmcRecord, LogEntry, Session, Subscription } from './state.ts';
import { normal, type Resource } from './tree.ts';

/** Streams that are open to a BMC's events, by the session they were opened in. They end with the process. */
const channels = new WeakMap<BmcRecord, Map<SimChannel, string>>();
const mostSubscriptions = 20;
const attempts = 3;
const attemptAfterSeconds = 30;

/** Events go out as they happen, until the caller, the session or the BMC goes. */
export function openStream(machine: Machine, session: Session): SimAnswer {
  const { record } = machine;
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
    stream: (channel) => {
      const open = channels.get(record) ?? new Map<SimChannel, string>();
      channels.set(record, open.set(channel, session.id));
      channel.onClose(() => open.delete(channel));
      channel.write(': connected\n\n');
    },
  };
}

/** All of them, or those of one session. */
export function closeStreams(record: BmcRecord, session?: string): void {
  const open = channels.get(record) ?? new Map<SimChannel, string>();
  for (const [channel, opener] of open) {
    if (session !== undefined && session !== opener) continue;
    open.delete(channel);
    channel.close();
  }
}
export const openStreams = (record: BmcRecord): number => channels.get(record)?.size ?? 0;

export function tell(machine: Machine, entry: LogEntry): void {
  const { record, context, serial, quirks } = machine;
  const event = JSON.stringify(eventOf(machine, entry));
  for (const channel of channels.get(record)?.keys() ?? [])
    channel.write(`${quirks.eventsWithoutIds ? '' : `id: ${entry.id}\n`}data: ${event}\n\n`);
  for (const { id } of record.subscriptions)
    context.later('deliver', 0, { serial, subscription: id, event } satisfies Delivery);
}

export interface Delivery {
  serial: string;
  subscription: string;
  event: string;
}

/** Posted to whoever subscribed; given up, and the subscription with it, when three posts in a row were not taken. */
export async function deliver(machine: Machine, delivery: Delivery): Promise<void> {
  const { record, context } = machine;
  const to = record.subscriptions.find((each) => each.id === delivery.subscription);
  if (!to) return;
  const body = JSON.stringify({ ...(JSON.parse(delivery.event) as Resource), Context: to.context });
  const isTaken = await fetch(to.destination, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  }).then(
    (answer) => answer.ok,
    () => false,
  );
  to.failures = isTaken ? 0 : to.failures + 1;
  if (to.failures >= attempts) record.subscriptions = record.subscriptions.filter((each) => each !== to);
  else if (!isTaken) context.later('deliver', attemptAfterSeconds, delivery);
}

function eventOf({ places, quirks }: Machine, entry: LogEntry): Resource {
  const at = new Date(entry.at).toISOString();
  return {
    '@odata.type': '#Event.v1_7_0.Event',
    Id: String(entry.id),
    Name: 'Event Array',
    Events: [
      {
        EventType: 'Alert',
        Severity: entry.severity,
        Message: entry.message,
        MessageId: entry.code ?? 'ResourceEvent.1.0.ResourceChanged',
        MessageArgs: [],
        EventTimestamp: quirks.eventOffsetWithoutColon
          ? `${new Date(entry.at - 6 * 3_600_000).toISOString().slice(0, 19)}-0600`
          : at,
        ...(!quirks.eventsWithoutIds && { EventId: String(entry.id), MemberId: '0' }),
        OriginOfCondition: { '@odata.id': places.system },
      },
    ],
  };
}

const New = z
  .object({
    Destination: z.url(),
    Context: z.string().optional(),
    Protocol: z.literal('Redfish'),
    EventTypes: z.array(z.string()).optional(),
  })
  .loose();

export function subscribe(machine: Machine, body: unknown): SimAnswer {
  const { record, quirks, places } = machine;
  const wanted = New.safeParse(body);
  if (!wanted.success)
    return problem(
      400,
      'CreateFailedMissingReqProperties',
      'The create operation failed because Destination or Protocol is missing.',
    );
  if (quirks.eventTypes === 'required' && !wanted.data.EventTypes)
    return problem(
      400,
      'CreateFailedMissingReqProperties',
      'The property EventTypes is a required property and must be included in the request.',
    );
  if (quirks.eventTypes === 'unknown' && wanted.data.EventTypes)
    return problem(
      400,
      'PropertyUnknown',
      'The property EventTypes is not in the list of valid properties for the resource.',
    );
  if (record.subscriptions.length >= mostSubscriptions)
    return problem(
      503,
      'EventSubscriptionLimitExceeded',
      'The event subscription failed due to the number of simultaneous subscriptions exceeding the limit ' +
        'of the implementation.',
    );
  const subscription: Subscription = {
    id: String(record.nextNumber++),
    destination: wanted.data.Destination,
    context: wanted.data.Context ?? '',
    failures: 0,
    ...(wanted.data.EventTypes && { eventTypes: wanted.data.EventTypes }),
  };
  record.subscriptions = [...record.subscriptions, subscription];
  const path = `${places.subscriptions}/${subscription.id}`;
  return json(201, subscriptionResource(path, subscription), { location: path });
}

export function unsubscribe({ record, places }: Machine, path: string): SimAnswer | undefined {
  if (!places.subscriptions || !normal(path).startsWith(`${normal(places.subscriptions)}/`)) return undefined;
  const left = record.subscriptions.filter((each) => normal(path) !== normal(`${places.subscriptions}/${each.id}`));
  if (left.length === record.subscriptions.length) return notFound(path);
  record.subscriptions = left;
  return empty(204);
}

export function serveSubscriptions({ record, places }: Machine, path: string): SimAnswer | undefined {
  const base = places.subscriptions;
  if (!base) return undefined;
  if (normal(path) === normal(base))
    return json(
      200,
      listing(
        base,
        'EventDestination',
        record.subscriptions.map((each) => `${base}/${each.id}`),
      ),
    );
  const one = record.subscriptions.find((each) => normal(path) === normal(`${base}/${each.id}`));
  return one && json(200, subscriptionResource(`${base}/${one.id}`, one));
}

const subscriptionResource = (path: string, { destination, context, eventTypes }: Subscription): Resource =>
  resource(path, 'EventDestination.v1_10_0.EventDestination', {
    Name: 'Event subscription',
    Destination: destination,
    Context: context,
    Protocol: 'Redfish',
    SubscriptionType: 'RedfishEvent',
    EventFormatType: 'Event',
    ...(eventTypes && { EventTypes: eventTypes }),
  });
