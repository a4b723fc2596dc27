import { createRedfish } from '../adapters/redfish/client.ts';
import { listDatacenters } from '../domain/datacenters/datacenters.db.ts';
import { createEdgeBmc } from '../domain/edge/bmc-by-agent.ts';
import { embeddedBus } from '../events/embedded-bus.ts';
import { createRelay } from '../events/relay.ts';
import { systemClock, type Clock } from '../kernel/clock.ts';
import { connect, type Database } from '../kernel/database/database.ts';
import { createNotices } from '../kernel/database/notices.ts';
import { seconds } from '../kernel/durations.ts';
import { explain } from '../kernel/errors/app-error.ts';
import type { HttpOptions } from '../kernel/http-client/client.ts';
import type { MayConnect } from '../kernel/http-client/connections.ts';
import { containsIp } from '../kernel/http-client/networks.ts';
import { createLog, createLogger, type Log } from '../kernel/log/log.ts';
import { createMetrics } from '../kernel/metrics.ts';
import { BadSettings } from '../kernel/setting-values.ts';
import type { IdentityProvider } from '../ports/identity.ts';
import type { Deps } from '../saga/deps.ts';
import { connectSystems } from './connect-systems.ts';
import { missingForPlatform, publicUrl, type Settings } from './settings.ts';
import { systemsStanding } from './systems-standing.ts';

/**
 * An agent reports where a BMC is, and may be wrong or stolen: the platform speaks Redfish within management networks
 * only.
 */
const managementNetworks =
  (db: Database): MayConnect =>
  async (ip) =>
    (await listDatacenters(db)).some(({ managementPrefixes }) => containsIp(managementPrefixes, ip));

/** The lab's vendors and carriers do in minutes what takes others days. */
const labBusinessSpeed = 100;

export interface WiringParts {
  clock?: Clock;
  log?: Log;
  db?: Database;
}

export interface Wired {
  deps: Deps;
  identity: IdentityProvider;
  close: () => Promise<void>;
}

/** Builds what steps and functions use: the only place where real clients are made. `close` ends what it opened. */
export async function buildDeps(settings: Settings, parts: WiringParts = {}): Promise<Wired> {
  const missing = missingForPlatform(settings);
  if (missing.length > 0 || settings.DATABASE_URL === undefined)
    throw new BadSettings(`The platform needs these settings too:\n${missing.map((key) => `  ${key}`).join('\n')}`);
  const log = parts.log ?? createLog(createLogger(settings.LOG_LEVEL));
  const clock = parts.clock ?? systemClock;
  const metrics = createMetrics();
  const limits = {
    connectMilliseconds: seconds(settings.DATABASE_CONNECT_SECONDS),
    answerMilliseconds: seconds(settings.DATABASE_ANSWER_SECONDS),
  };
  const db =
    parts.db ??
    connect({
      url: settings.DATABASE_URL,
      maxConnections: settings.DATABASE_CONNECTIONS,
      limits,
      onIdleError: (error) => log.databaseConnectionLost({ error: error.message }),
    });
  const observe: NonNullable<HttpOptions['observe']> = ({ system, outcome, seconds }) =>
    metrics.outsideCalls.observe({ system, outcome }, seconds);
  const isLab = settings.LAB === 'on';

  const { identity, ...outside } = await connectSystems(settings, { observe });
  const notices = createNotices(settings.DATABASE_URL, (reason) => log.databaseConnectionLost({ reason }), limits);
  const bmc =
    settings.BMC_ACCESS === 'direct'
      ? createRedfish({
          secrets: outside.secrets,
          http: { observe, mayConnect: managementNetworks(db) },
          pollAfterSeconds: 30,
        })
      : createEdgeBmc({ db, notices });
  const publisher = embeddedBus;
  const deps: Deps = {
    db,
    clock,
    log,
    metrics,
    notices,
    publisher,
    relay: createRelay(db, publisher, (error) => log.relayFailed({ error: explain(error) })),
    settings: {
      approvalLimitMinor: settings.APPROVAL_LIMIT_MINOR,
      pollSpeed: isLab
        ? { hardware: settings.LAB_SPEED, business: settings.LAB_SPEED * labBusinessSpeed }
        : { hardware: 1, business: 1 },
      publicUrl: publicUrl(settings),
      firmwareUrl: settings.FIRMWARE_URL ?? `${publicUrl(settings)}/firmware`,
      isLab,
      edgePullSeconds: settings.EDGE_PULL_SECONDS,
    },
    systems: systemsStanding(settings),
    bmc,
    ...outside,
  };
  return {
    deps,
    identity,
    close: async () => {
      await bmc.close();
      await notices.close();
      await db.close();
    },
  };
}
