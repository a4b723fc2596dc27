import { app } from '@azure/functions';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import type { Deps } from '../../shared/saga/deps.ts';

/** `/healthz`: the process lives. `/readyz`: it can do its work. `/metrics`: what it counts. */
export function registerHealth({ db, metrics }: Deps): void {
  app.http('healthz', {
    methods: ['GET'],
    route: 'healthz',
    authLevel: 'anonymous',
    handler: () => ({ jsonBody: { status: 'alive' } }),
  });
  app.http('readyz', {
    methods: ['GET'],
    route: 'readyz',
    authLevel: 'anonymous',
    handler: async () => {
      try {
        await db.ping();
        return { jsonBody: { status: 'ready' } };
      } catch (error) {
        return { status: 503, jsonBody: { status: 'not ready', reason: `the database: ${explain(error)}` } };
      }
    },
  });
  app.http('metrics', {
    methods: ['GET'],
    route: 'metrics',
    authLevel: 'anonymous',
    handler: async () => ({
      headers: { 'content-type': metrics.registry.contentType },
      body: await metrics.registry.metrics(),
    }),
  });
}
