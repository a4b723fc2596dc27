import { app, type InvocationContext } from '@azure/functions';
import { createSagas } from '../shared/saga/client.ts';
import { consume, consumerAttempts, type AnyConsumer } from '../shared/saga/consumer.ts';
import { durableDoor, durableInput } from '../shared/saga/durable-door.ts';
import type { World } from '../shared/saga/world.ts';
import { edgeEvent } from './edge/edge-event.event.ts';
import { forgetCommandsEvery, forgetOldCommands } from './edge/forget-commands.timer.ts';
import { revokeCertificates, revokeCertificatesEvery } from './edge/revoke-certificates.timer.ts';
import { mirrorState } from './fleet/mirror-state.event.ts';
import { watchStates, watchStatesEvery } from './fleet/watch-states.timer.ts';
import { bmcReadings } from './health/bmc-readings.event.ts';
import { findDeadSagas, findDeadSagasEvery } from './platform/find-dead-sagas.timer.ts';
import { startLostSagas, startLostSagasEvery } from './platform/start-lost-sagas.timer.ts';
import { wakeSagas } from './platform/wake-sagas.event.ts';

export const consumers: readonly AnyConsumer[] = [bmcReadings, edgeEvent, mirrorState, wakeSagas];
const relayEvery = '*/5 * * * * *';

/** Everything that no caller waits for: events and timers. */
export function registerBackground(world: World): void {
  const withSagas = (context: InvocationContext) => ({ ...world, sagas: createSagas(world, durableDoor(context)) });

  for (const each of consumers) {
    for (const topic of each.topics) {
      app.generic(`${each.name}--${topic.replace(/[._]/g, '-')}`, {
        trigger: {
          type: 'kafkaTrigger',
          name: 'event',
          topic,
          brokerList: '%KAFKA_BROKERS%',
          consumerGroup: each.name,
          protocol: 'notSet',
          dataType: 'string',
        },
        retry: {
          strategy: 'exponentialBackoff',
          maxRetryCount: consumerAttempts - 1,
          minimumInterval: { seconds: 1 },
          maximumInterval: { seconds: 30 },
        },
        extraInputs: [durableInput],
        handler: (record: unknown, context) =>
          consume(each, withSagas(context), valueOf(record), (context.retryContext?.retryCount ?? 0) + 1),
      });
    }
  }

  app.timer('watch-states', { schedule: watchStatesEvery, handler: async () => void (await watchStates(world)) });
  app.timer('start-lost-sagas', {
    schedule: startLostSagasEvery,
    extraInputs: [durableInput],
    handler: async (_timer, context) => void (await startLostSagas(withSagas(context))),
  });
  app.timer('find-dead-sagas', {
    schedule: findDeadSagasEvery,
    extraInputs: [durableInput],
    handler: async (_timer, context) => void (await findDeadSagas(withSagas(context))),
  });
  app.timer('forget-commands', {
    schedule: forgetCommandsEvery,
    handler: async () => void (await forgetOldCommands(world)),
  });
  app.timer('revoke-certificates', { schedule: revokeCertificatesEvery, handler: () => revokeCertificates(world) });
  // Whoever commits an event kicks the relay at once; this heals a crash between the two.
  app.hook.appStart(() => world.relay.kick());
  app.timer('relay-outbox', { schedule: relayEvery, handler: () => world.relay.kick() });
}

const valueOf = (record: unknown): unknown => JSON.parse(String((record as { Value?: unknown }).Value));
