import { z } from 'zod';

/** What each kind of id begins with. The prefix makes a pasted id say what it is. */
export const prefixes = {
  server: 'srv',
  order: 'ord',
  orderLine: 'oln',
  quote: 'quo',
  approval: 'apr',
  purchase: 'pur',
  shipment: 'shp',
  task: 'tsk',
  command: 'cmd',
  assignment: 'asg',
  event: 'evt',
  decommission: 'dec',
  maintenance: 'mnt',
  finding: 'fnd',
  erasure: 'ers',
  proof: 'prf',
  job: 'job',
  session: 'ses',
  alert: 'alr',
  agent: 'agt',
  enrolment: 'enr',
} as const;
export type IdKind = keyof typeof prefixes;

export const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const idOf = <K extends IdKind>(kind: K) =>
  z
    .string()
    .regex(
      new RegExp(`^${prefixes[kind]}_[${crockford}]{26}$`),
      `must be a ${kind} id, such as ${prefixes[kind]}_01JABCDEFGHJKMNPQRSTVWXYZ0`,
    )
    .brand<K>();

export const ServerId = idOf('server');
export type ServerId = z.infer<typeof ServerId>;
export const OrderId = idOf('order');
export type OrderId = z.infer<typeof OrderId>;
export const OrderLineId = idOf('orderLine');
export type OrderLineId = z.infer<typeof OrderLineId>;
export const QuoteId = idOf('quote');
export type QuoteId = z.infer<typeof QuoteId>;
export const ApprovalId = idOf('approval');
export type ApprovalId = z.infer<typeof ApprovalId>;
export const PurchaseId = idOf('purchase');
export type PurchaseId = z.infer<typeof PurchaseId>;
export const ShipmentId = idOf('shipment');
export type ShipmentId = z.infer<typeof ShipmentId>;
export const TaskId = idOf('task');
export type TaskId = z.infer<typeof TaskId>;
export const DecommissionId = idOf('decommission');
export type DecommissionId = z.infer<typeof DecommissionId>;
export const MaintenanceId = idOf('maintenance');
export type MaintenanceId = z.infer<typeof MaintenanceId>;

export const AgentId = idOf('agent');
export type AgentId = z.infer<typeof AgentId>;
export const EnrolmentId = idOf('enrolment');
export type EnrolmentId = z.infer<typeof EnrolmentId>;

/** Tenants and datacenters carry names people chose: lower-case words joined by hyphens. */
const slug = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and single hyphens')
  .max(63);
export const TenantId = slug.brand<'tenant'>();
export type TenantId = z.infer<typeof TenantId>;
export const DatacenterId = slug.brand<'datacenter'>();
export type DatacenterId = z.infer<typeof DatacenterId>;

/** A saga is named by what it is about (`deliver-server-srv_01J…`), so starting twice starts once. */
export const SagaId = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^@/\\#?\p{Cc}][^/\\#?\p{Cc}]*$/u)
  .brand<'saga'>();
export type SagaId = z.infer<typeof SagaId>;
