// The entry: builds what functions use once, and registers everything. On Azure the Functions host loads this file;
// elsewhere runtime/ does. Importing any other module of functions/ has no effect.
import { app } from '@azure/functions';
import { steps } from '../activities/index.ts';
import { sagas } from '../orchestrations/index.ts';
import { createAuthenticator } from '../shared/access/authenticate.ts';
import { createFeed } from '../shared/events/feed.ts';
import { registerHttp } from '../shared/http/register.ts';
import { registerSagas } from '../shared/saga/register.ts';
import { publicUrl, readSettings } from '../shared/wiring/settings.ts';
import { logWhatIsOff } from '../shared/wiring/systems-standing.ts';
import { buildDeps } from '../shared/wiring/wiring.ts';
import { registerSignIn } from './access/sign-in.http.ts';
import { endpoints } from './areas.ts';
import { registerBackground } from './background.ts';
import { registerHealth } from './platform/health.http.ts';
import { registerOpenApi } from './platform/openapi.http.ts';
import { registerPortal } from './platform/portal.http.ts';
import { registerStream } from './platform/stream.http.ts';

const settings = readSettings();
const { deps, identity, close } = await buildDeps(settings);
logWhatIsOff(deps.systems, deps.log);
const frame = {
  deps,
  metrics: deps.metrics,
  publicUrl: publicUrl(settings),
  authenticator: createAuthenticator({ ...identity, db: deps.db, clock: deps.clock }),
};
const feed = createFeed(deps.db, deps.notices, (reason) => deps.log.databaseConnectionLost({ reason }));

app.setup({ enableHttpStream: true }); // the portal's live stream
registerSagas(sagas, steps, deps);
registerHttp(endpoints, frame);
registerBackground(deps);
registerHealth(deps);
registerStream(frame, feed);
registerOpenApi(frame.publicUrl);
registerSignIn(frame, { ...identity, publicUrl: frame.publicUrl });
registerPortal('portal/dist');

app.hook.appTerminate(async () => {
  feed.close();
  await close();
});
