import { z } from 'zod';
import type { Queryable } from '../../kernel/database/database.ts';
import { AppError } from '../../kernel/errors/app-error.ts';
import { DatacenterId } from '../../kernel/ids.ts';

export const Datacenter = z.object({
  id: DatacenterId,
  name: z.string(),
  region: z.string(),
  /** Where its BMCs have their addresses: `10.20.0.0/16`. */ managementPrefixes: z.array(z.string()),
});
export type Datacenter = z.infer<typeof Datacenter>;

const columns = 'id, name, region, management_prefixes AS "managementPrefixes"';

export const listDatacenters = (db: Queryable): Promise<Datacenter[]> =>
  db.many(Datacenter, `SELECT ${columns} FROM datacenter ORDER BY id`);
export const findDatacenter = (db: Queryable, id: string): Promise<Datacenter | undefined> =>
  db.maybe(Datacenter, `SELECT ${columns} FROM datacenter WHERE id = $1`, [id]);
export const ensureDatacenter = (
  db: Queryable,
  {
    id,
    name,
    region,
    managementPrefixes,
  }: { id: string; name: string; region: string; managementPrefixes: readonly string[] },
): Promise<number> =>
  db.run(
    `INSERT INTO datacenter (id, name, region, management_prefixes) VALUES ($1, $2, $3, $4)
     ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, region = EXCLUDED.region,
       management_prefixes = EXCLUDED.management_prefixes`,
    [id, name, region, managementPrefixes],
  );

/**
 * The datacenter asked for, or the one of the region with the most free stock. Throws `invalid` for one we do not have.
 */
export async function chooseDatacenter(
  db: Queryable,
  wish: { datacenter?: string | undefined; placement?: { region: string } | undefined },
): Promise<DatacenterId> {
  const known = await listDatacenters(db);
  if (wish.datacenter !== undefined) {
    const found = known.find(({ id }) => id === wish.datacenter);
    if (found) return found.id;
    throw new AppError({
      code: 'datacenter.unknown',
      kind: 'invalid',
      publicMessage: `There is no datacenter '${wish.datacenter}'. There are: ${known.map(({ id }) => id).join(', ')}.`,
    });
  }
  const [best] = await db.many(
    z.object({ id: DatacenterId }),
    `SELECT d.id FROM datacenter d LEFT JOIN asset a ON a.datacenter_id = d.id AND a.state IN ('READY', 'RECEIVED')
      AND a.order_id IS NULL
     WHERE d.region = $1 GROUP BY d.id ORDER BY count(a.id) DESC, d.id LIMIT 1`,
    [wish.placement?.region],
  );
  if (best) return best.id;
  throw new AppError({
    code: 'datacenter.no-such-region',
    kind: 'invalid',
    publicMessage:
      `There is no datacenter in '${wish.placement?.region}'. There are: ` +
      `${[...new Set(known.map(({ region }) => region))].join(', ')}.`,
  });
}
