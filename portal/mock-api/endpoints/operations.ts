import { z } from 'zod';
import { actions, type Caller } from '../../../shared/access/caller.ts';
import { MeView } from '../../../shared/access/me.api.ts';
import { forReader } from '../../../shared/access/readers.ts';
import {
  AssetAction,
  AssetDetail,
  AssetView,
  HistoryEntry,
  ServerView,
} from '../../../shared/domain/assets/assets.api.ts';
import { assetDetail, assetView, historyOf } from '../../../shared/domain/assets/views.ts';
import { RevealedCredentials } from '../../../shared/domain/credentials/credentials.api.ts';
import { DatacenterView } from '../../../shared/domain/datacenters/datacenters.api.ts';
import { DecommissionView, ProposeDecommission } from '../../../shared/domain/decommissions/decommissions.api.ts';
import { BmcLogLine } from '../../../shared/domain/health/health.api.ts';
import { logLine } from '../../../shared/domain/health/views.ts';
import { MaintenanceView, RequestMaintenance } from '../../../shared/domain/maintenance/maintenance.api.ts';
import { ProofView } from '../../../shared/domain/proofs/proofs.api.ts';
import { proofsForTenant, proofView } from '../../../shared/domain/proofs/views.ts';
import { TimelineEntry } from '../../../shared/domain/sagas/sagas.api.ts';
import { OperateSaga, SagaDetail, SagaEventBody, SagaView } from '../../../shared/domain/sagas/sagas.api.ts';
import { SystemView } from '../../../shared/domain/systems/systems.api.ts';
import { CloudEvent } from '../../../shared/events/cloud-event.ts';
import { DeadLetterView } from '../../../shared/events/dead-letters.api.ts';
import { page, PageQuery } from '../../../shared/kernel/api/paging.ts';
import { isoTime } from '../../../shared/kernel/clock.ts';
import { DecommissionId } from '../../../shared/kernel/ids.ts';
import { newId } from '../../../shared/kernel/new-id.ts';
import { causesFrom } from '../../../shared/lifecycle/transitions.ts';
import type { MockPlatform } from '../platform.ts';
import { decommission, maintain } from '../stories/operate.ts';
import { conflict, endpoint, newestFirst, seen } from './endpoint.ts';

const systems: readonly SystemView[] = [
  {
    name: 'netbox',
    title: 'NetBox',
    isOn: true,
    isOptional: false,
    address: 'https://netbox.example',
    settings: ['NETBOX_URL', 'NETBOX_TOKEN'],
    capabilities: [{ name: 'racks, cables and addresses', without: 'No server can be racked.' }],
  },
  {
    name: 'awx',
    title: 'AWX',
    isOn: false,
    isOptional: true,
    address: null,
    settings: ['AWX_URL', 'AWX_TOKEN'],
    capabilities: [
      { name: 'hardening and burn-in', without: 'A server waits before it is hardened and does not become READY.' },
    ],
  },
];
const held = ['ASSIGNED_TO_TENANT', 'IN_SERVICE', 'MAINTENANCE', 'DECOMMISSION_PROPOSED'];
const assetOf = (platform: MockPlatform, caller: Caller, id: string) =>
  seen('asset', id, platform.assets.get(id), (asset) => caller.may('asset:read', asset));
const serverOf = (platform: MockPlatform, caller: Caller, id: string) =>
  seen('server', id, platform.assets.get(id), (asset) => asset.tenantId !== null && caller.may('server:read', asset));
const sagaOf = (platform: MockPlatform, id: string) => seen('saga', id, platform.sagas.get(id), () => true);

const assets = [
  endpoint({
    route: 'GET /v1/assets',
    needs: 'asset:read',
    answer: page(AssetView),
    query: PageQuery.extend({
      datacenter: z.string().optional(),
      state: z.string().optional(),
      condition: z.string().optional(),
      orderId: z.string().optional(),
      search: z.string().optional(),
    }),
    handle: ({ platform, caller, query: { datacenter, state, condition, orderId, search, ...paging } }) => {
      const text = search?.toLowerCase() ?? '';
      const fitting = [...platform.assets.values()].filter(
        (asset) =>
          caller.may('asset:read', asset) &&
          (!datacenter || asset.datacenterId === datacenter) &&
          (!state || asset.state === state) &&
          (!condition || asset.condition === condition) &&
          (!orderId || asset.orderId === orderId) &&
          `${asset.serial} ${asset.model} ${asset.id}`.toLowerCase().includes(text),
      );
      const { items, next } = newestFirst(fitting, ({ id }) => id, paging);
      return { items: items.map(assetView), next };
    },
  }),
  endpoint({
    route: 'GET /v1/assets/{id}',
    needs: 'asset:read',
    answer: AssetDetail,
    handle: ({ platform, caller, id }) => {
      const asset = assetOf(platform, caller, id);
      return assetDetail(asset, platform.findings.get(asset.id) ?? [], platform.health.get(asset.id));
    },
  }),
  endpoint({
    route: 'POST /v1/assets/{id}/actions',
    needs: 'asset:operate',
    body: AssetAction,
    answer: AssetDetail,
    handle: ({ platform, caller, id, body }) => {
      const asset = assetOf(platform, caller, id);
      const now = isoTime(Date.now());
      if (body.action === 'release') {
        if (asset.condition !== 'quarantined')
          throw conflict('asset.not-quarantined', `The server ${id} is not in quarantine.`);
        Object.assign(asset, { condition: 'working', conditionDetail: {}, conditionSince: now });
      } else {
        const finding = seen(
          'finding',
          body.findingId,
          platform.findings.get(id)?.find((each) => each.id === body.findingId),
          () => true,
        );
        if (finding.resolvedAt !== null)
          throw conflict('finding.resolved', 'The finding is resolved: there is nothing to waive.');
        finding.waiver ??= { by: caller.name, at: now, reason: body.reason };
      }
      platform.changed();
      return assetDetail(asset, platform.findings.get(asset.id) ?? [], platform.health.get(asset.id));
    },
  }),
  endpoint({
    route: 'GET /v1/assets/{id}/log',
    needs: 'asset:read',
    query: PageQuery,
    answer: page(BmcLogLine),
    handle: ({ platform, caller, id, query }) =>
      newestFirst(
        (platform.bmcLogs.get(assetOf(platform, caller, id).id) ?? []).map(logLine),
        (line) => line.id,
        query,
      ),
  }),
  endpoint({
    route: 'GET /v1/assets/{id}/history',
    needs: 'asset:read',
    answer: page(HistoryEntry),
    handle: ({ platform, caller, id }) => {
      const asset = assetOf(platform, caller, id);
      return { items: historyOf(platform.log.filter(({ subject }) => subject === asset.id)), next: null };
    },
  }),
];

const proofs = [
  endpoint({
    route: 'GET /v1/assets/{id}/proofs',
    needs: ['asset:read', 'server:read'],
    answer: page(ProofView),
    handle: ({ platform, caller, id }) => {
      const asset = seen(
        'asset',
        id,
        platform.assets.get(id),
        (each) => caller.may('asset:read', each) || (each.tenantId !== null && caller.may('server:read', each)),
      );
      const all = platform.proofs.get(asset.id) ?? [];
      const items = caller.may('asset:read', asset) ? all.map(proofView) : proofsForTenant(all, asset.tenantId ?? '');
      return { items, next: null };
    },
  }),
];

const servers = [
  endpoint({
    route: 'GET /v1/servers',
    needs: 'server:read',
    query: PageQuery,
    answer: page(ServerView),
    handle: ({ platform, caller, query }) =>
      newestFirst(
        [...platform.assets.values()].filter((asset) => caller.may('server:read', asset) && held.includes(asset.state)),
        ({ id }) => id,
        query,
      ),
  }),
  endpoint({
    route: 'GET /v1/servers/{id}',
    needs: 'server:read',
    answer: ServerView,
    handle: ({ platform, caller, id }) => serverOf(platform, caller, id),
  }),
  endpoint({
    route: 'POST /v1/servers/{id}/credentials/reveal',
    needs: 'server:credentials',
    answer: RevealedCredentials,
    handle: ({ platform, caller, id }) => {
      const server = serverOf(platform, caller, id);
      if (server.state !== 'IN_SERVICE' && server.state !== 'MAINTENANCE')
        throw conflict('server.no-credentials', `The server is ${server.state}: there are no credentials to show.`);
      return {
        username: `tenant-${server.tenantId}`,
        password: 'correct-horse-battery-staple',
        address: server.bmcAddress,
      };
    },
  }),
  endpoint({
    route: 'POST /v1/maintenance-windows',
    needs: 'maintenance:request',
    body: RequestMaintenance,
    answer: MaintenanceView,
    status: 202,
    handle: ({ platform, teller, caller, body }) => {
      const asset = seen('server', body.serverId, platform.assets.get(body.serverId), (each) =>
        caller.may('maintenance:request', each),
      );
      if (!causesFrom(asset.state).includes('maintenance-started'))
        throw conflict(
          'maintenance.wrong-state',
          `The server is ${asset.state}; only one in service can be maintained.`,
        );
      const id = newId('maintenance', Date.now());
      void maintain(teller(), asset, id, body.reason);
      return {
        id,
        ...body,
        state: 'requested',
        requestedBy: caller.name,
        createdAt: isoTime(Date.now()),
        sagaId: `maintain-server-${id}`,
      };
    },
  }),
  endpoint({
    route: 'GET /v1/decommissions',
    needs: 'decommission:read',
    query: PageQuery.extend({ serverId: z.string().optional() }),
    answer: page(DecommissionView),
    handle: ({ platform, caller, query }) => {
      const { items, next } = newestFirst(
        [...platform.decommissions.values()].filter(
          (each) => caller.may('decommission:read', each) && (!query.serverId || each.serverId === query.serverId),
        ),
        ({ id }) => id,
        query,
      );
      return { items: items, next };
    },
  }),
  endpoint({
    route: 'POST /v1/decommissions',
    needs: 'decommission:propose',
    body: ProposeDecommission,
    answer: DecommissionView,
    status: 202,
    handle: ({ platform, teller, caller, body }) => {
      const asset = seen('server', body.serverId, platform.assets.get(body.serverId), (each) =>
        caller.may('decommission:propose', each),
      );
      if (!causesFrom(asset.state).includes('decommission-proposed'))
        throw conflict(
          'decommission.wrong-state',
          `The server is ${asset.state}; only one in service or ready can be decommissioned.`,
        );
      const id = DecommissionId.parse(newId('decommission', Date.now()));
      const now = isoTime(Date.now());
      const wish = {
        id,
        serverId: asset.id,
        tenantId: asset.tenantId,
        reason: body.reason,
        disposition: body.disposition,
        state: 'proposed' as const,
        requestedBy: caller.name,
        requestedById: caller.id,
        sagaId: `decommission-server-${id}`,
        certificate: null,
        createdAt: now,
        updatedAt: now,
      };
      platform.decommissions.set(id, wish);
      void decommission(teller(), asset, wish);
      return wish;
    },
  }),
];

const decide = (route: 'retry' | 'resume' | 'terminate', verb: 'retry' | 'skip' | 'give-up') =>
  endpoint({
    route: `POST /v1/sagas/{id}/${route}`,
    needs: 'saga:operate',
    body: OperateSaga,
    answer: SagaView,
    status: 202,
    handle: ({ platform, caller, id, body }) => {
      const saga = sagaOf(platform, id);
      if (saga.state === 'stuck') platform.decisions.set(saga.id, { verb, by: caller.name, reason: body.reason });
      else if (verb !== 'give-up')
        throw conflict('saga.not-stuck', `The saga is ${saga.state}; only a stuck one waits for a decision.`);
      else if (saga.endedAt) throw conflict('saga.ended', 'It has already ended.');
      else
        Object.assign(platform.sagas.get(saga.rootId) ?? saga, {
          cancelRequested: { by: caller.name, reason: body.reason },
        });
      platform.changed();
      return saga;
    },
  });

const cancel = endpoint({
  route: 'POST /v1/sagas/{id}/events',
  needs: 'saga:operate',
  body: SagaEventBody.extend({ event: z.literal('cancel') }),
  answer: SagaView,
  status: 202,
  handle: ({ platform, caller, id, body }) => {
    const saga = sagaOf(platform, id);
    if (saga.endedAt) throw conflict('saga.ended', 'It has already ended.');
    Object.assign(platform.sagas.get(saga.rootId) ?? saga, {
      cancelRequested: { by: caller.name, reason: body.reason },
    });
    platform.changed();
    return saga;
  },
});

const sagas = [
  endpoint({
    route: 'GET /v1/sagas',
    needs: 'saga:read',
    query: PageQuery.extend({
      state: z.string().optional(),
      name: z.string().optional(),
      serverId: z.string().optional(),
      roots: z.string().optional(),
    }),
    answer: page(SagaView),
    handle: ({ platform, query: { state, name, serverId, roots, ...paging } }) =>
      newestFirst(
        [...platform.sagas.values()].filter(
          (saga) =>
            (!state || saga.state === state) &&
            (!name || saga.name === name) &&
            (!serverId || saga.serverId === serverId) &&
            (roots !== 'true' || saga.parentId === null),
        ),
        ({ startedAt, id }) => `${startedAt}/${id}`,
        paging,
      ),
  }),
  endpoint({
    route: 'GET /v1/sagas/{id}',
    needs: 'saga:read',
    answer: SagaDetail,
    handle: ({ platform, id }) => {
      const saga = sagaOf(platform, id);
      const family = [...platform.sagas.values()].filter(({ rootId }) => rootId === saga.rootId);
      return {
        ...saga,
        family,
        steps: platform.steps.filter(({ sagaId }) => family.some((each) => each.id === sagaId)),
      };
    },
  }),
  endpoint({
    route: 'GET /v1/sagas/{id}/history',
    needs: 'saga:read',
    answer: page(TimelineEntry),
    handle: ({ platform, id }) => {
      const saga = sagaOf(platform, id);
      const ids = [...platform.sagas.values()]
        .filter((each) => each.id === saga.id || (saga.parentId === null && each.rootId === saga.id))
        .map((each) => each.id);
      return { items: platform.timeline.filter(({ sagaId }) => ids.includes(sagaId)), next: null };
    },
  }),
  decide('retry', 'retry'),
  decide('resume', 'skip'),
  decide('terminate', 'give-up'),
  cancel,
];

const platform = [
  endpoint({
    route: 'GET /v1/me',
    needs: null,
    answer: MeView,
    handle: ({ caller }) => ({
      id: caller.id,
      name: caller.name,
      displayName: caller.displayName,
      roles: [...caller.roles],
      tenantId: caller.tenantId ?? null,
      datacenterIds: [...caller.datacenterIds],
      may: actions.filter((action) => caller.may(action)),
      isLab: true,
    }),
  }),
  endpoint({
    route: 'GET /v1/datacenters',
    needs: null,
    answer: page(DatacenterView),
    handle: ({ platform }) => ({ items: [...platform.datacenters], next: null }),
  }),
  endpoint({
    route: 'GET /v1/systems',
    needs: 'system:read',
    answer: z.object({ items: z.array(SystemView) }),
    handle: () => ({ items: [...systems] }),
  }),
  endpoint({
    route: 'GET /v1/events',
    needs: 'event:read',
    query: PageQuery.extend({ after: z.coerce.number().optional(), subject: z.string().optional() }),
    answer: page(CloudEvent),
    handle: ({ platform, caller, query }) => {
      const fitting = platform.log
        .flatMap((event) => forReader(caller, event) ?? [])
        .filter(
          (event) => Number(event.sequence) > (query.after ?? 0) && (!query.subject || event.subject === query.subject),
        );
      const items = fitting.slice(0, query.limit);
      return { items, next: fitting.length >= query.limit ? String(Number(items.at(-1)?.sequence)) : null };
    },
  }),
  endpoint({
    route: 'GET /v1/dead-letters',
    needs: 'dead-letter:read',
    query: PageQuery.extend({ state: z.string().default('open') }),
    answer: page(DeadLetterView),
    handle: ({ platform, query }) => ({
      items: [...platform.deadLetters.values()].filter(({ state }) => state === query.state),
      next: null,
    }),
  }),
  endpoint({
    route: 'POST /v1/dead-letters/{id}/replay',
    needs: 'dead-letter:replay',
    answer: DeadLetterView,
    status: 202,
    handle: ({ platform, id }) => {
      const letter = seen('dead letter', id, platform.deadLetters.get(Number(id)), () => true);
      letter.state = 'replayed';
      platform.changed();
      return letter;
    },
  }),
];

export const operations = [...assets, ...proofs, ...servers, ...sagas, ...platform];
