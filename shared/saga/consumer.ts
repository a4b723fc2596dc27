import type { z } from 'zod';
import type { Topic } from '../domain/catalogue.ts';
import { CloudEvent } from '../events/cloud-event.ts';
import { deadLetter } from '../events/dead-letters.db.ts';
import { topicOf } from '../events/event-type.ts';
import { explain } from '../kernel/errors/app-error.ts';
import { parse } from '../kernel/errors/parse.ts';
import type { Sagas } from './client.ts';
import { isConsumed, markConsumed } from './consumed.db.ts';
import type { Deps } from './deps.ts';

/** How often a consumer is asked before an event is put aside. */
export const consumerAttempts = 5;

/** What a consumer may use: what steps use, and the sagas to start or wake. */
export type ConsumerDeps = Deps & { sagas: Sagas };

export interface ConsumerDeclaration<S extends z.ZodType> {
  /** Also the consumer group, and what deduplication goes by. */
  name: string;
  topics: readonly Topic[];
  data: S;
  /** May be called again for the same event; order holds per subject. */
  handle(data: z.infer<S>, deps: ConsumerDeps, event: CloudEvent): Promise<void>;
}

/** A declared consumer. It parses the data of the event itself, so whoever calls it needs none of its types. */
export interface Consumer {
  readonly name: string;
  readonly topics: readonly Topic[];
  handle(event: CloudEvent, deps: ConsumerDeps): Promise<void>;
}

export const consumer = <S extends z.ZodType>({ name, topics, data, handle }: ConsumerDeclaration<S>): Consumer => ({
  name,
  topics,
  handle: (event, deps) => handle(parse(data, event.data, `data of ${event.type}`), deps, event),
});

/**
 * One delivery: repeated ones are recognised, the last failing one is put aside. `attempt` counts from 1. Throws to be
 * asked again.
 */
export async function consume(of: Consumer, deps: ConsumerDeps, message: unknown, attempt: number): Promise<void> {
  const { db, log, metrics } = deps;
  const event = parse(CloudEvent, message, `event for ${of.name}`);
  if (await isConsumed(db, of.name, event.id)) return;
  try {
    await of.handle(event, deps);
    // Noted after it was handled: a crash between the two hands it over once more, it never loses it.
    await markConsumed(db, of.name, event.id);
    metrics.events.inc({ topic: topicOf(event.type) });
  } catch (error) {
    const cause = explain(error);
    const fields = { consumer: of.name, eventId: event.id, topic: topicOf(event.type), attempt, error: cause };
    if (attempt < consumerAttempts) {
      log.eventFailed(fields);
      throw error;
    }
    log.eventDead(fields);
    await deadLetter(db, { consumer: of.name, topic: topicOf(event.type), event, cause, attempts: attempt });
  }
}
