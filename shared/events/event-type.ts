import type { z } from 'zod';

/** Who reads a topic's events: nobody but those named here, by the rights of the permission table. */
export interface Audience<Data extends object = Readonly<Record<string, unknown>>> {
  /** Staff who may do this to what the event is about read all of it. Technicians may in their datacenters. */
  staff: string;
  /**
   * A tenant's people who may do this to what the event is about read these fields of it, and no others. `only`: of
   * events whose data have these values.
   */
  tenant?: { may: string; fields: readonly (keyof Data & string)[]; only?: Partial<Data> };
}

/** An event that is about to be appended to the log. */
export interface NewEvent {
  topic: string;
  /** What it is about: a server, an order. Also keeps its events in order, unless `partitionKey` says otherwise. */
  subject: string;
  data: object;
  partitionKey?: string;
  tenantId?: string | null;
  datacenterId?: string | null;
}

/**
 * A kind of event: its topic, the shape of its data, who reads it. Called, it makes one that `appendEvents` takes.
 * Schemas only grow; a breaking change is a new topic.
 */
export interface EventType<
  Topic extends string = string,
  Schema extends z.ZodType<object> = z.ZodType<object>,
  Readers extends Audience = Audience,
> {
  (of: Omit<NewEvent, 'topic' | 'data'> & { data: z.input<Schema> }): NewEvent;
  readonly topic: Topic;
  readonly data: Schema;
  readonly audience: Readers;
}
/** Any kind of event, where the shape of its data does not matter: for lists. */
export type AnyEventType = Pick<EventType, 'topic' | 'data' | 'audience'>;

export const eventType = <
  const Topic extends string,
  Schema extends z.ZodType<object>,
  const Readers extends Audience<z.infer<Schema>>,
>(
  topic: Topic,
  data: Schema,
  audience: Readers,
): EventType<Topic, Schema, Readers> =>
  Object.assign(
    (of: Omit<NewEvent, 'topic' | 'data'> & { data: z.input<Schema> }): NewEvent => ({
      ...of,
      topic,
      data: data.parse(of.data),
    }),
    { topic, data, audience },
  );

/** The `type` of the CloudEvent, and back. */
export const typeOf = (topic: string): string => `com.rackline.${topic}`;
export const topicOf = (type: string): string => type.slice('com.rackline.'.length);
