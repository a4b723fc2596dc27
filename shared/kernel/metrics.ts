import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** What the platform counts of itself, in the Prometheus text format. Names and units as Prometheus recommends. */
export interface Metrics {
  registry: Registry;
  requests: Histogram<'route' | 'status'>;
  outsideCalls: Histogram<'system' | 'outcome'>;
  steps: Counter<'step' | 'outcome'>;
  events: Counter<'topic'>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requests: new Histogram({
      name: 'rackline_http_request_duration_seconds',
      help: 'Time to answer a request.',
      labelNames: ['route', 'status'],
      buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
      registers: [registry],
    }),
    outsideCalls: new Histogram({
      name: 'rackline_outside_call_duration_seconds',
      help: 'Time an outside system took to answer.',
      labelNames: ['system', 'outcome'],
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15],
      registers: [registry],
    }),
    steps: new Counter({
      name: 'rackline_saga_steps_total',
      help: 'Steps run, by how they ended.',
      labelNames: ['step', 'outcome'],
      registers: [registry],
    }),
    events: new Counter({
      name: 'rackline_events_handled_total',
      help: 'Events consumed.',
      labelNames: ['topic'],
      registers: [registry],
    }),
  };
}
