import { z } from 'zod';
import { EraseCertificate } from '../domain/erasure/certificate.ts';
import { Health, PowerState, ServerConfig, ServerFacts } from '../facts.ts';
import { DatacenterId, ServerId } from '../ids.ts';
import { Disposition } from '../lifecycle/states.ts';
import { SensorReading } from '../telemetry.ts';

/** What the endpoints about tasks, assets, servers, sagas and events take and answer. */
export const TaskLineView = z.object({
  id: z.string(),
  text: z.string(),
  place: z.string().optional(),
  expected: z.string().optional(),
  found: z.string().optional(),
  hint: z.string().optional(),
});
const note = z.string().trim().max(2000);
/** What became of one line of a task. Who could not do it says why. */
export const LineAnswer = z
  .object({ line: z.string(), outcome: z.enum(['fixed', 'not-fixed', 'nothing-wrong']), note: note.optional() })
  .refine(({ outcome, note: said }) => outcome !== 'not-fixed' || (said ?? '') !== '', {
    error: 'say why it could not be fixed',
    path: ['note'],
  });
export type LineAnswer = z.infer<typeof LineAnswer>;
export const TaskView = z.object({
  id: z.string(),
  kind: z.string(),
  datacenterId: z.string(),
  serverId: z.string().nullable(),
  orderId: z.string().nullable(),
  shipmentId: z.string().nullable(),
  title: z.string(),
  instructions: z.array(z.string()),
  /** What has to be done one by one, each answered by itself. */
  lines: z.array(TaskLineView),
  /** Where its server stands, if it is about one that does. */
  rackName: z.string().nullable(),
  rackUnit: z.number().nullable(),
  /** What was said at its end. */
  result: z
    .object({
      note: z.string().optional(),
      answers: z.array(z.object({ line: z.string(), outcome: z.string(), note: z.string().optional() })).optional(),
    })
    .nullable(),
  state: z.enum(['open', 'claimed', 'done', 'cancelled']),
  claimedBy: z.string().nullable(),
  claimedById: z.string().nullable(),
  completedBy: z.string().nullable(),
  dueAt: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type TaskView = z.infer<typeof TaskView>;
export const CompleteTask = z.object({
  note: note.optional(),
  answers: z.array(LineAnswer).max(500).optional(),
  confirmed: z.literal(true, { error: 'must be true: confirm that the work is done' }),
});

/** A MAC address as people and tools write it. */
export const MacText = z.string().regex(/^[0-9a-f]{2}([:-]?[0-9a-f]{2}){5}$/i, 'must be a MAC address');

export const ReceiveItem = z.object({
  serial: z.string().trim().min(1).max(64),
  macs: z.array(MacText).min(1).max(32),
  condition: z.enum(['good', 'damaged']),
  note: z.string().trim().max(2000).optional(),
  photos: z.array(z.string().max(500)).max(20).default([]),
});
export const ReceivedItem = z.object({ serial: z.string(), state: z.string(), remaining: z.number() });

export const AssetView = z.object({
  id: z.string(),
  state: z.string(),
  stateSince: z.string(),
  version: z.number(),
  condition: z.string(),
  conditionDetail: z.record(z.string(), z.unknown()),
  conditionSince: z.string(),
  proofs: z.array(z.string()),
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
export const FindingView = z.object({
  id: z.string(),
  kind: z.string(),
  severity: z.enum(['info', 'minor', 'major']),
  place: z.string(),
  expected: z.string(),
  found: z.string(),
  state: z.enum(['open', 'waived', 'resolved']),
  /** Who said what, and where it stood. */
  evidence: z.array(z.object({ source: z.string(), said: z.string(), where: z.string().optional() })),
  /** What usually makes the two differ, and what puts it right. */
  hint: z.string(),
  foundAt: z.string(),
  seenAt: z.string(),
  resolvedAt: z.string().nullable(),
  waiver: z.object({ by: z.string(), at: z.string(), reason: z.string() }).nullable(),
  /** What a technician was told, in which task, and what they answered. */
  taskId: z.string().nullable(),
  told: z.string().nullable(),
  answer: z.object({ outcome: z.string(), note: z.string().optional(), by: z.string(), at: z.string() }).nullable(),
});
export type FindingView = z.infer<typeof FindingView>;
/** How a server does, as its management controller says. */
export const HealthView = z.object({
  /** Null while it has never answered. */
  health: Health.nullable(),
  healthSince: z.string().nullable(),
  /** When it answered last, and what it said then. */
  at: z.string().nullable(),
  powerWatts: z.number().nullable(),
  inletCelsius: z.number().nullable(),
  /** When all its sensors were read last: that is done more rarely. Those that are not well come first. */
  sensorsAt: z.string().nullable(),
  power: PowerState.nullable(),
  cpuPercent: z.number().nullable(),
  sensors: z.array(SensorReading.omit({ thresholds: true })),
  /** Set while it does not answer. */
  unreachableSince: z.string().nullable(),
  unreachable: z.string().nullable(),
  lookedAt: z.string(),
});
export type HealthView = z.infer<typeof HealthView>;
/** A line of the management controller's own log. */
export const BmcLogLine = z.object({
  id: z.string(),
  readAt: z.string(),
  /** By the controller's own clock; null where it does not know the time. */
  at: z.string().nullable(),
  severity: Health,
  message: z.string(),
  code: z.string().nullable(),
  /** What the vendor advises. */
  action: z.string().nullable(),
  /** Set where it says that entries are missing, and why. */
  gap: z.enum(['cleared', 'overwritten', 'too-many']).nullable(),
});
export type BmcLogLine = z.infer<typeof BmcLogLine>;

/** `health`: null where its management controller was never looked at. */
export const AssetDetail = AssetView.extend({
  facts: ServerFacts.nullable(),
  inventory: ServerFacts.nullable(),
  findings: z.array(FindingView),
  health: HealthView.nullable(),
});
export type AssetDetail = z.infer<typeof AssetDetail>;
const reason = z.string().trim().min(1).max(1000);
/** What operations may do about a server. Each act says why, and is in the audit log and among the server's events. */
export const AssetAction = z.discriminatedUnion('action', [
  z.object({ action: z.literal('waive-finding'), findingId: z.string(), reason }),
  /** Out of quarantine. */
  z.object({ action: z.literal('release'), reason }),
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
  z.object({ kind: z.enum(['boot', 'oddity', 'work']), at: z.string(), what: z.string(), eventId: z.string() }),
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
export const RevealedCredentials = z.object({
  username: z.string(),
  password: z.string(),
  address: z.string().nullable(),
});

export const SagaView = z.object({
  id: z.string(),
  name: z.string(),
  parentId: z.string().nullable(),
  rootId: z.string(),
  subject: z.string(),
  orderId: z.string().nullable(),
  serverId: z.string().nullable(),
  tenantId: z.string().nullable(),
  datacenterId: z.string().nullable(),
  state: z.string(),
  waitingFor: z.string().nullable(),
  waitingUntil: z.string().nullable(),
  cancelRequested: z.object({ by: z.string(), reason: z.string() }).nullable(),
  pointOfNoReturn: z.string().nullable(),
  held: z.object({ step: z.string(), key: z.string(), because: z.string(), steps: z.array(z.string()) }).nullable(),
  endedBecause: z.string().nullable(),
  startedAt: z.string(),
  updatedAt: z.string(),
  endedAt: z.string().nullable(),
  /**
   * Set where its instance in the durable engine is over though its story is not, in the engine's word (`Terminated`,
   * `Failed`), or `gone`: it cannot go on.
   */
  engineEnd: z.string().nullable(),
});
export type SagaView = z.infer<typeof SagaView>;
export const StepView = z.object({
  sagaId: z.string(),
  key: z.string(),
  step: z.string(),
  state: z.string(),
  attempts: z.number(),
  detail: z.record(z.string(), z.unknown()),
  startedAt: z.string(),
  updatedAt: z.string(),
});
export const SagaDetail = SagaView.extend({ family: z.array(SagaView), steps: z.array(StepView) });
export type SagaDetail = z.infer<typeof SagaDetail>;
export const OperateSaga = z.object({ reason: z.string().trim().min(1).max(1000) });
export const SagaEventBody = z.object({
  event: z.enum(['retry', 'skip', 'give-up', 'wake', 'cancel']),
  reason: z.string().trim().min(1).max(1000),
});

export const DatacenterView = z.object({ id: z.string(), name: z.string(), region: z.string() });

export const RequestMaintenance = z.object({
  serverId: ServerId,
  reason: z.string().trim().min(1).max(1000),
  endsAt: z.iso.datetime(),
});
export const MaintenanceView = z.object({
  id: z.string(),
  serverId: z.string(),
  reason: z.string(),
  state: z.string(),
  requestedBy: z.string(),
  endsAt: z.string(),
  createdAt: z.string(),
  sagaId: z.string(),
});

export const ProposeDecommission = z.object({
  serverId: ServerId,
  reason: z.string().trim().min(1).max(1000),
  disposition: Disposition.exclude(['lost']).default('retired'),
});
export const DecommissionView = z.object({
  id: z.string(),
  serverId: z.string(),
  tenantId: z.string().nullable(),
  reason: z.string(),
  disposition: z.string(),
  state: z.string(),
  requestedBy: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  sagaId: z.string(),
  certificate: EraseCertificate.nullable(),
});
export type DecommissionView = z.infer<typeof DecommissionView>;

export const DeadLetterView = z.object({
  id: z.number(),
  consumer: z.string(),
  topic: z.string(),
  eventId: z.string(),
  event: z.record(z.string(), z.unknown()),
  cause: z.string(),
  attempts: z.number(),
  state: z.string(),
  createdAt: z.string(),
});

export const MeView = z.object({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  roles: z.array(z.string()),
  tenantId: z.string().nullable(),
  datacenterIds: z.array(z.string()),
  may: z.array(z.string()),
  isLab: z.boolean(),
});
export type MeView = z.infer<typeof MeView>;
