import type { Area } from '../../shared/http/area.ts';
import { createEnrolment } from './create-enrolment.http.ts';
import { edgeCommands } from './edge-commands.http.ts';
import { edgeConfig } from './edge-config.http.ts';
import { edgeEvent } from './edge-event.event.ts';
import { edgeEvents } from './edge-events.http.ts';
import { edgeSecrets } from './edge-secrets.http.ts';
import { enrolAgent } from './enrol-agent.http.ts';
import { expectedServers } from './expected-servers.http.ts';
import { forgetOldCommands } from './forget-commands.timer.ts';
import { listAgents } from './list-agents.http.ts';
import { renewAgent } from './renew-agent.http.ts';
import { revokeAgent } from './revoke-agent.http.ts';
import { revokeCertificatesTimer } from './revoke-certificates.timer.ts';
import { setRelease } from './set-release.http.ts';

export const edge: Area = {
  endpoints: [
    createEnrolment,
    edgeCommands,
    edgeConfig,
    edgeEvents,
    edgeSecrets,
    enrolAgent,
    expectedServers,
    listAgents,
    renewAgent,
    revokeAgent,
    setRelease,
  ],
  consumers: [edgeEvent],
  timers: [forgetOldCommands, revokeCertificatesTimer],
};
