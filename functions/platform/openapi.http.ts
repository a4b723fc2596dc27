import { app } from '@azure/functions';
import { apis } from '../../shared/access/contracts.ts';
import { openApi } from '../../shared/http/openapi.ts';

/** `/openapi.json`: the API as its contracts describe it. */
export function registerOpenApi(publicUrl: string): void {
  const description = JSON.stringify(openApi(apis, publicUrl));
  app.http('openapi', {
    methods: ['GET'],
    route: 'openapi.json',
    authLevel: 'anonymous',
    handler: () => ({ headers: { 'content-type': 'application/json' }, body: description }),
  });
}
