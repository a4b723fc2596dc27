import { app } from '@azure/functions';
import type { AnyHttpFunction } from '../../shared/http/http-function.ts';
import { openApi } from '../../shared/http/openapi.ts';

/** `/openapi.json`: the API as its own schemas describe it. */
export function registerOpenApi(endpoints: readonly AnyHttpFunction[], publicUrl: string): void {
  const description = JSON.stringify(openApi(endpoints, publicUrl));
  app.http('openapi', {
    methods: ['GET'],
    route: 'openapi.json',
    authLevel: 'anonymous',
    handler: () => ({ headers: { 'content-type': 'application/json' }, body: description }),
  });
}
