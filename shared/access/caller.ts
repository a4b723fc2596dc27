import { z } from 'zod';
import type { AgentName } from '../domain/edge/agent-certificate.ts';
import type { Actor } from '../kernel/actor.ts';
import { everyTenant, type Identity } from '../kernel/database/identity.ts';
import { AppError } from '../kernel/errors/app-error.ts';
import type { AgentId } from '../kernel/ids.ts';

export const roles = [
  'tenant-admin',
  'tenant-operator',
  'tenant-viewer',
  'ops',
  'technician',
  'approver',
  'executive',
  'auditor',
  'edge',
] as const;
export const Role = z.enum(roles);
export type Role = (typeof roles)[number];

/** Who may do what. `own`: only what belongs to the caller's tenant or datacenters. Everything not listed is denied. */
const permissions = {
  'order:create': { 'tenant-admin': 'own', 'tenant-operator': 'own', ops: 'all' },
  'order:read': {
    'tenant-admin': 'own',
    'tenant-operator': 'own',
    'tenant-viewer': 'own',
    ops: 'all',
    approver: 'all',
    executive: 'all',
    auditor: 'all',
  },
  'order:cancel': { 'tenant-admin': 'own', ops: 'all' },
  'datacenter:read': {
    'tenant-admin': 'own',
    'tenant-operator': 'own',
    'tenant-viewer': 'own',
    technician: 'own',
    edge: 'own',
    ops: 'all',
    approver: 'all',
    executive: 'all',
    auditor: 'all',
  },
  'approval:read': { approver: 'all', ops: 'all', auditor: 'all', executive: 'all', 'tenant-admin': 'own' },
  'purchase:decide': { approver: 'all' },
  'decommission:decide': { 'tenant-admin': 'own', approver: 'all' },
  'procurement:read': { ops: 'all', approver: 'all', executive: 'all', auditor: 'all' },
  'shipment:read': { ops: 'all', technician: 'own', approver: 'all', auditor: 'all' },
  'shipment:receive': { technician: 'own', ops: 'all' },
  'task:read': { technician: 'own', ops: 'all', auditor: 'all' },
  'task:work': { technician: 'own', ops: 'all' },
  'asset:read': { ops: 'all', technician: 'own', auditor: 'all', executive: 'all' },
  'asset:operate': { ops: 'all' },
  'asset:adopt': { ops: 'all' },
  'server:read': {
    'tenant-admin': 'own',
    'tenant-operator': 'own',
    'tenant-viewer': 'own',
    ops: 'all',
    auditor: 'all',
  },
  'server:credentials': { 'tenant-admin': 'own', 'tenant-operator': 'own' },
  'maintenance:request': { ops: 'all', 'tenant-admin': 'own' },
  'decommission:propose': { ops: 'all', 'tenant-admin': 'own' },
  'decommission:read': { ops: 'all', 'tenant-admin': 'own', auditor: 'all' },
  'saga:read': { ops: 'all', auditor: 'all' },
  'system:read': { ops: 'all', auditor: 'all' },
  'saga:operate': { ops: 'all' },
  'event:read': {
    'tenant-admin': 'own',
    'tenant-operator': 'own',
    'tenant-viewer': 'own',
    technician: 'own',
    ops: 'all',
    approver: 'all',
    executive: 'all',
    auditor: 'all',
  },
  'dead-letter:read': { ops: 'all', auditor: 'all' },
  'dead-letter:replay': { ops: 'all' },
  'audit:read': { auditor: 'all', ops: 'all' },
  'edge:report': { edge: 'own' },
  'edge:expect': { edge: 'own' },
  'edge:command': { edge: 'own' },
  'edge:secret': { edge: 'own' },
  'edge:configure': { edge: 'own' },
  'edge:renew': { edge: 'own' },
  'edge:enrol': { ops: 'all' },
  'edge:read': { ops: 'all', technician: 'own', auditor: 'all' },
  'edge:revoke': { ops: 'all' },
  'edge:release': { ops: 'all' },
} as const satisfies Record<string, Partial<Record<Role, 'own' | 'all'>>>;
export type Action = keyof typeof permissions;
export const actions = Object.keys(permissions) as Action[];

/** Whose things a role's `own` means: those of its tenant, or those that stand in its datacenters. */
const owns: Readonly<Partial<Record<Role, 'tenant' | 'datacenter'>>> = {
  'tenant-admin': 'tenant',
  'tenant-operator': 'tenant',
  'tenant-viewer': 'tenant',
  technician: 'datacenter',
  edge: 'datacenter',
};

/** What a verified token or session says about somebody. */
export const Claims = z.object({
  iss: z.string().min(1),
  sub: z.string().min(1),
  email: z.string().optional(),
  name: z.string().optional(),
  roles: z.array(z.string()).default([]),
  tenant: z.string().optional(),
  datacenters: z.array(z.string()).optional(),
});
export type Claims = z.infer<typeof Claims>;

/** Whose something is. A tenant's thing names the tenant, a place's thing the datacenter. */
export interface Owner {
  tenantId?: string | null;
  datacenterId?: string | null;
}

/** How far a right goes: to everything, or to the things of one tenant, of some datacenters, or both. */
export interface Reach {
  all: boolean;
  tenantId: string | undefined;
  datacenterIds: readonly string[];
}

export class Caller implements Actor {
  /** Issuer and subject (OpenID Connect Core 5.7): no other claim is unique and lasts. For an agent, its own id. */
  readonly id: string;
  /**
   * The sign-in: what audit and timelines call this person or program. A label, which may change and need not be
   * unique.
   */
  readonly name: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly tenantId: string | undefined;
  readonly datacenterIds: readonly string[];
  /** Of an edge agent: the only caller with the role `edge`. */
  readonly agentId: AgentId | undefined;

  /**
   * Somebody whom a token or a session names. The role `edge` is none that an issuer can give: it comes with a
   * certificate.
   */
  constructor(claims: Claims, agentId?: AgentId) {
    this.id = agentId === undefined ? `${claims.iss}#${claims.sub}` : claims.sub;
    this.name = claims.email ?? claims.sub;
    this.displayName = claims.name ?? this.name;
    this.roles =
      agentId === undefined
        ? claims.roles.filter((role): role is Role => role !== 'edge' && Role.safeParse(role).success)
        : ['edge'];
    this.tenantId = claims.tenant;
    this.datacenterIds = claims.datacenters ?? [];
    this.agentId = agentId;
  }

  /** An agent whose certificate has been verified. */
  static agent({ agentId, datacenter }: AgentName): Caller {
    return new Caller(
      {
        iss: 'rackline',
        sub: `edge:${agentId}`,
        name: `Edge agent of ${datacenter}`,
        roles: [],
        datacenters: [datacenter],
      },
      agentId,
    );
  }
  /** Whoever asks where nobody has to say who they are. */
  static nobody(): Caller {
    return new Caller({ iss: 'rackline', sub: 'anonymous', roles: [] });
  }

  /**
   * On whose behalf the database works for this caller. Whoever has only tenants' roles, or none, is confined to their
   * tenant; without a tenant they are confined to nothing at all.
   */
  get identity(): Identity {
    const isConfined = this.roles.every((role) => owns[role] === 'tenant');
    return { caller: this.id, tenant: isConfined ? (this.tenantId ?? '') : everyTenant };
  }

  get actor(): Actor {
    return { id: this.id, name: this.name };
  }

  /**
   * Where a right comes from a role of tenants it goes to this caller's tenant, where from one of datacenters to those.
   */
  reach(action: Action): Reach {
    const granted = this.roles.map((role) => ({
      role,
      scope: (permissions[action] as Partial<Record<Role, 'own' | 'all'>>)[role],
    }));
    const ownAs = (kind: 'tenant' | 'datacenter') =>
      granted.some(({ role, scope }) => scope === 'own' && owns[role] === kind);
    return {
      all: granted.some(({ scope }) => scope === 'all'),
      tenantId: ownAs('tenant') ? this.tenantId : undefined,
      datacenterIds: ownAs('datacenter') ? this.datacenterIds : [],
    };
  }

  /** How far this caller's right goes: everything, only their own, or nothing. */
  scope(action: Action): 'all' | 'own' | 'none' {
    const { all, tenantId, datacenterIds } = this.reach(action);
    if (all) return 'all';
    return tenantId !== undefined || datacenterIds.length > 0 ? 'own' : 'none';
  }

  /** Whether this caller may do that to a thing of this owner; without an owner, whether they may do it at all. */
  may(action: Action, owner?: Owner): boolean {
    const { all, tenantId, datacenterIds } = this.reach(action);
    if (owner === undefined) return all || tenantId !== undefined || datacenterIds.length > 0;
    return (
      all ||
      (tenantId !== undefined && owner.tenantId === tenantId) ||
      (typeof owner.datacenterId === 'string' && datacenterIds.includes(owner.datacenterId))
    );
  }

  /** For lists of tenants' things: the tenant this caller is confined to; undefined where they see everybody's. */
  tenantFilter(action: Action): string | undefined {
    const { all, tenantId } = this.reach(action);
    if (!all && tenantId === undefined)
      throw new AppError({
        code: 'auth.no-tenant',
        kind: 'forbidden',
        publicMessage: 'Your sign-in belongs to no tenant, so there is nothing here that is yours.',
      });
    return all ? undefined : tenantId;
  }
  /** For lists of things in places: the datacenters this caller is confined to; undefined where they see all. */
  datacenterFilter(action: Action): readonly string[] | undefined {
    const { all, datacenterIds } = this.reach(action);
    return all ? undefined : datacenterIds;
  }
}
