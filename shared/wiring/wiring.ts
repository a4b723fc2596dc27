import { createAwx } from '../adapters/awx/client.ts';
import { createDellQuoting } from '../adapters/dell-quoting/client.ts';
import { createHpeQuoting } from '../adapters/hpe-quoting/client.ts';
import { createJira } from '../adapters/jira/client.ts';
import { createNetbox } from '../adapters/netbox/client.ts';
import { createOneView } from '../adapters/oneview/client.ts';
import { createOpenManage } from '../adapters/openmanage/client.ts';
import { createRedfish } from '../adapters/redfish/client.ts';
import { createSmtp } from '../adapters/smtp/client.ts';
import { createUps } from '../adapters/ups/client.ts';
import { createVault } from '../adapters/vault/client.ts';
import { createVaultPki } from '../adapters/vault/pki.ts';
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
import type { Deps } from '../saga/deps.ts';
import { missingForPlatform, publicUrl, type Settings } from './settings.ts';

/** The settings with every system's address and credentials present. Throws BadSettings naming all that are not. */
type Complete = { [K in keyof Settings]-?: NonNullable<Settings[K]> };
function complete(settings: Settings): Complete {
  const missing = missingForPlatform(settings);
  if (missing.length > 0)
    throw new BadSettings(`The platform needs these settings too:\n${missing.map((key) => `  ${key}`).join('\n')}`);
  return settings as Complete;
}

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

/** Builds what steps and functions use: the only place where real clients are made. `close` ends what it opened. */
export function buildDeps(given: Settings, parts: WiringParts = {}): { deps: Deps; close: () => Promise<void> } {
  const settings = complete(given);
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

  const vault = { baseUrl: settings.VAULT_ADDR, login: { token: settings.VAULT_TOKEN }, observe };
  const secrets = createVault(vault);
  const notices = createNotices(settings.DATABASE_URL, (reason) => log.databaseConnectionLost({ reason }), limits);
  const bmc =
    settings.BMC_ACCESS === 'direct'
      ? createRedfish({ secrets, http: { observe, mayConnect: managementNetworks(db) }, pollAfterSeconds: 30 })
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
      firmwareUrl: given.FIRMWARE_URL ?? `${publicUrl(settings)}/firmware`,
      isLab,
      edgePullSeconds: settings.EDGE_PULL_SECONDS,
    },
    secrets,
    authority: createVaultPki({ ...vault, mount: settings.VAULT_PKI_MOUNT, role: settings.VAULT_PKI_ROLE }),
    bmc,
    dcim: createNetbox({ baseUrl: settings.NETBOX_URL, token: settings.NETBOX_TOKEN, observe }),
    quoting: {
      hpe: createHpeQuoting({
        baseUrl: settings.HPE_QUOTING_URL,
        clientId: settings.HPE_QUOTING_CLIENT_ID,
        clientSecret: settings.HPE_QUOTING_CLIENT_SECRET,
        observe,
      }),
      dell: createDellQuoting({
        baseUrl: settings.DELL_QUOTING_URL,
        clientId: settings.DELL_QUOTING_CLIENT_ID,
        clientSecret: settings.DELL_QUOTING_CLIENT_SECRET,
        observe,
      }),
    },
    carrier: createUps({
      baseUrl: settings.UPS_URL,
      clientId: settings.UPS_CLIENT_ID,
      clientSecret: settings.UPS_CLIENT_SECRET,
      observe,
    }),
    vendorTools: {
      oneview: createOneView({
        baseUrl: settings.ONEVIEW_URL,
        username: settings.ONEVIEW_USERNAME,
        password: settings.ONEVIEW_PASSWORD,
        observe,
      }),
      openmanage: createOpenManage({
        baseUrl: settings.OPENMANAGE_URL,
        username: settings.OPENMANAGE_USERNAME,
        password: settings.OPENMANAGE_PASSWORD,
        observe,
      }),
    },
    automation: createAwx({ baseUrl: settings.AWX_URL, token: settings.AWX_TOKEN, observe }),
    ticketing: createJira({
      baseUrl: settings.JIRA_URL,
      email: settings.JIRA_EMAIL,
      apiToken: settings.JIRA_API_TOKEN,
      project: settings.JIRA_PROJECT,
      observe,
    }),
    mailer: createSmtp({ url: settings.SMTP_URL, from: settings.SMTP_FROM, observe }),
  };
  return {
    deps,
    close: async () => {
      await bmc.close();
      await notices.close();
      await db.close();
    },
  };
}
