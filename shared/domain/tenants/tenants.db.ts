import { z } from 'zod';
import type { Queryable } from '../../kernel/database/database.ts';
import { AppError } from '../../kernel/errors/app-error.ts';
import { TenantId } from '../../kernel/ids.ts';

export const Tenant = z.object({ id: TenantId, name: z.string() });

export async function getTenant(db: Queryable, id: string): Promise<z.infer<typeof Tenant>> {
  const tenant = await db.maybe(Tenant, 'SELECT id, name FROM tenant WHERE id = $1', [id]);
  if (!tenant)
    throw new AppError({ code: 'tenant.unknown', kind: 'invalid', publicMessage: `There is no tenant '${id}'.` });
  return tenant;
}
export const ensureTenant = (db: Queryable, tenant: { id: string; name: string }): Promise<number> =>
  db.run('INSERT INTO tenant (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name', [
    tenant.id,
    tenant.name,
  ]);
