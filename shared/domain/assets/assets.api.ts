import { z } from 'zod';
import { MacText } from '../../facts/mac.ts';
import { ServerConfig, ServerFacts } from '../../facts/server.ts';
import { contract } from '../../kernel/api/contract.ts';
import { numberCursor, page, PageQuery } from '../../kernel/api/paging.ts';
import { DatacenterId, ServerId } from '../../kernel/ids.ts';
import { Reason } from '../../kernel/text.ts';
import { Condition, State } from '../../lifecycle/states.ts';
import { BmcLogLine, HealthView } from '../health/health.api.ts';
import { FindingView } from '../validation/findings.api.ts';

export const AssetView = z.object({
  id: z.string(),
  state: z.string(),
  stateSince: z.string(),
  version: z.number(),
  condition: z.string(),
  conditionDetail: z.record(z.string(), z.unknown()),
  conditionSince: z.string(),
  origin: z.string(),
  datacenterId: z.string(),
  orderId: z.string().nullable(),
  tenantId: z.string().nullable(),
  config: ServerConfig,
  manufacturer: z.string().nullable(),
  model: z.string().nullable(),
  serial: z.string().nullable(),
  bmcMac: z.string().nullable(),
  macs: z.array(z.string()),
  bmcAddress: z.string().nullable(),
  rackName: z.string().nullable(),
  rackUnit: z.number().nullable(),
  disposition: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  stage: z.string(),
  owner: z.string(),
  next: z.string(),
  /** When the state's time is up; null where it may rest. */
  leaveBy: z.string().nullable(),
});
export type AssetView = z.infer<typeof AssetView>;

/** `health`: null where its management controller was never looked at. */
export const AssetDetail = AssetView.extend({
  facts: ServerFacts.nullable(),
  measured: ServerFacts.nullable(),
  findings: z.array(FindingView),
  health: HealthView.nullable(),
});
export type AssetDetail = z.infer<typeof AssetDetail>;
/** What operations may do about a server. Each act says why, and is in the audit log and among the server's events. */
export const AssetAction = z.discriminatedUnion('action', [
  z.object({ action: z.literal('waive-finding'), findingId: z.string(), reason: Reason }),
  /** Out of quarantine. */
  z.object({ action: z.literal('release'), reason: Reason }),
]);
export type AssetAction = z.infer<typeof AssetAction>;
export const HistoryEntry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('state'),
    at: z.string(),
    from: z.string().nullable(),
    to: z.string(),
    cause: z.string(),
    actor: z.string(),
    reason: z.string().nullable(),
    sagaId: z.string().nullable(),
    eventId: z.string(),
  }),
  /** What its datacenter saw of it: a boot, something odd, the end of work in the validation image. */
  z.object({ kind: z.enum(['boot', 'anomaly', 'image-job']), at: z.string(), what: z.string(), eventId: z.string() }),
]);
export type HistoryEntry = z.infer<typeof HistoryEntry>;
export const AdoptAsset = z.object({
  /** Where it is: on a shelf, or already serving a tenant. */
  as: z.enum(['stock', 'in-service']),
  datacenter: DatacenterId,
  serial: z.string().trim().min(1),
  manufacturer: z.string().trim().min(1),
  model: z.string().trim().min(1),
  bmcMac: MacText,
  macs: z.array(MacText).min(1).max(32),
  config: ServerConfig,
});

/** A server as its tenant sees it: what it is and how it does, nothing of how we run it. */
export const ServerView = z.object({
  id: z.string(),
  state: z.string(),
  stateSince: z.string(),
  condition: z.string(),
  datacenterId: z.string(),
  orderId: z.string().nullable(),
  tenantId: z.string().nullable(),
  manufacturer: z.string().nullable(),
  model: z.string().nullable(),
  serial: z.string().nullable(),
  config: ServerConfig,
  version: z.number(),
});
export type ServerView = z.infer<typeof ServerView>;

const params = z.object({ id: ServerId });
export const assetsApi = {
  list: contract({
    name: 'list-assets',
    route: 'GET /v1/assets',
    summary: 'Every server we know, newest first.',
    audience: 'users',
    permission: 'asset:read',
    query: PageQuery.extend({
      datacenter: z.string().optional(),
      state: State.optional(),
      condition: Condition.optional(),
      orderId: z.string().optional(),
      search: z.string().max(100).optional(),
    }),
    answer: page(AssetView),
  }),
  read: contract({
    name: 'read-asset',
    route: 'GET /v1/assets/{id}',
    summary: 'One server with what was measured on it.',
    audience: 'users',
    permission: 'asset:read',
    subject: { noun: 'asset', by: 'params.id' },
    params,
    answer: AssetDetail,
  }),
  history: contract({
    name: 'asset-history',
    route: 'GET /v1/assets/{id}/history',
    summary: "A server's states, from the order line on, and what its datacenter saw of it.",
    audience: 'users',
    permission: 'asset:read',
    subject: { noun: 'asset', by: 'params.id' },
    params,
    answer: page(HistoryEntry),
  }),
  log: contract({
    name: 'asset-log',
    route: 'GET /v1/assets/{id}/log',
    summary: "What a server's management controller has logged, newest first.",
    audience: 'users',
    permission: 'asset:read',
    subject: { noun: 'asset', by: 'params.id' },
    params,
    query: PageQuery.extend({ after: numberCursor }),
    answer: page(BmcLogLine),
  }),
  act: contract({
    name: 'act-on-asset',
    route: 'POST /v1/assets/{id}/actions',
    summary:
      'What operations may do about a server, with a reason: let a finding stand, or take the server out of ' +
      'quarantine.',
    audience: 'users',
    permission: 'asset:operate',
    subject: { noun: 'asset', by: 'params.id' },
    params,
    body: AssetAction,
    answer: AssetDetail,
  }),
  adopt: contract({
    name: 'adopt-asset',
    route: 'POST /v1/assets/adopt',
    summary: 'Make a server known that was not bought through us: on a shelf, or already running.',
    audience: 'users',
    permission: 'asset:adopt',
    body: AdoptAsset,
    answer: AssetView,
  }),
};

/** The same machines as their tenants see them. */
export const serversApi = {
  list: contract({
    name: 'list-servers',
    route: 'GET /v1/servers',
    summary: 'Servers in the hands of tenants.',
    audience: 'users',
    permission: 'server:read',
    query: PageQuery,
    answer: page(ServerView),
  }),
  read: contract({
    name: 'read-server',
    route: 'GET /v1/servers/{id}',
    summary: 'One server of a tenant.',
    audience: 'users',
    permission: 'server:read',
    subject: { noun: 'server', by: 'params.id' },
    params,
    answer: ServerView,
  }),
};
