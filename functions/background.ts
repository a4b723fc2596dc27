import { app, type InvocationContext } from '@azure/functions';
import { createSagas } from '../shared/saga/client.ts';
import { consume, consumerAttempts } from '../shared/saga/consumer.ts';
import type { Deps } from '../shared/saga/deps.ts';
import { engineClient, durableInput } from '../shared/saga/engine-client.ts';
import { consumers, timers } from './areas.ts';

/** Everything that no caller waits for: events and timers. */
export function registerBackground(deps: Deps): void {
  const withSagas = (context: InvocationContext) => ({ ...deps, sagas: createSagas(deps, engineClient(context)) });

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

  for (const timer of timers)
    app.timer(timer.name, {
      schedule: timer.schedule,
      extraInputs: [durableInput],
      handler: async (_timer, context) => void (await timer.run(withSagas(context))),
    });
  app.hook.appStart(() => deps.relay.kick());
}

const valueOf = (record: unknown): unknown => JSON.parse(String((record as { Value?: unknown }).Value));
