import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { recordedData } from '../../bench/real-input.ts';
import type { ProfileName } from '../../simulators/bmc/hardware.ts';
import { profiles } from '../../simulators/bmc/profiles/index.ts';
import { aServer, aStand, type Stand } from '../../simulators/bmc/stand.ts';
import type { Resource } from '../../simulators/bmc/tree.ts';

const schemas = path.join(recordedData, 'redfish/dmtf-json-schema');
const isThere = existsSync(schemas);

let stand: Stand;
beforeAll(async () => {
  stand = await aStand();
});
afterAll(() => stand.close());

/** Everything a BMC serves, found by following its links from the root; a link that leads nowhere is `undefined`. */
async function crawl(profile: ProfileName): Promise<Map<string, Resource | undefined>> {
  const server = aServer(profile, { serial: `CRAWL-${profile}` });
  const { address } = await stand.plugIn(server);
  stand.fleet.installSystem(server.serial);
  const login = await fetch(`${address}/redfish/v1/SessionService/Sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ UserName: server.factoryAccount.username, Password: server.factoryAccount.password }),
  });
  const headers = { 'x-auth-token': login.headers.get('x-auth-token') ?? '' };
  const found = new Map<string, Resource | undefined>();
  const queue = ['/redfish/v1'];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (found.has(next)) continue;
    const answer = await fetch(address + next, { headers });
    const resource = answer.ok ? ((await answer.json()) as Resource) : undefined;
    found.set(next, resource);
    for (const [, link] of JSON.stringify(resource ?? {}).matchAll(/"@odata\.id":"([^"#]+)"/g)) queue.push(link!);
  }
  return found;
}

let known: Map<string, ValidateFunction> | undefined;

/** The newest published schema of each type; references to schemas that are not here accept anything. */
function validators(): Map<string, ValidateFunction> {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const files = readdirSync(schemas);
  const ids = new Set(files.map((file) => `http://redfish.dmtf.org/schemas/v1/${file}`));
  const loosened = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(loosened);
    if (typeof node !== 'object' || node === null) return node;
    const ref = (node as Resource)['$ref'];
    if (typeof ref === 'string' && !ref.startsWith('#') && !ids.has(ref.split('#')[0] ?? '')) return {};
    return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, loosened(value)]));
  };
  for (const file of files) {
    const {
      $id: _id,
      $schema: _dialect,
      ...schema
    } = loosened(JSON.parse(readFileSync(path.join(schemas, file), 'utf8'))) as Resource;
    ajv.addSchema(schema, `http://redfish.dmtf.org/schemas/v1/${file}`);
  }
  return new Map(
    files.flatMap((file) => {
      const [, type] = /^(\w+)\.v\d/.exec(file) ?? [];
      const validate = type && ajv.getSchema(`http://redfish.dmtf.org/schemas/v1/${file}`);
      return type && validate ? [[type, validate] as const] : [];
    }),
  );
}

describe.each(Object.keys(profiles) as ProfileName[])('what a simulated %s serves', (profile) => {
  let served: Map<string, Resource | undefined>;
  beforeAll(async () => {
    served = await crawl(profile);
  });

  it('has no link that leads nowhere', () => {
    expect([...served].filter(([, resource]) => resource === undefined).map(([link]) => link)).toEqual([]);
    expect(served.size).toBeGreaterThan(50);
  });

  (isThere ? it : it.skip)(
    `is as DMTF's schemas say${isThere ? '' : ` (skipped: ${schemas} is not beside this checkout)`}`,
    () => {
      known ??= validators();
      const byType = known;
      const complaints = [...served].flatMap(([link, resource]) => {
        const validate = byType.get(/^#(\w+)\./.exec(String(resource?.['@odata.type']))?.[1] ?? '');
        return validate && !validate(resource)
          ? (validate.errors ?? []).map(
              (error) => `${link}${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
            )
          : [];
      });
      expect(complaints).toEqual([]);
    },
  );
});
