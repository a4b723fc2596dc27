// NetBox 4: one REST interface over its tables, with its own validation, filters, paging and error bodies.
import { z } from 'zod';
import { empty, json, type SimAnswer, type SimContext, type SimRequest, type Simulator } from '../kit/simulator.ts';
import { filtered } from './filters.ts';
import { seededState } from './seed.ts';
import { allEnds, objectOf, rowOf, rowsOf, type NetboxState, type Row } from './store.ts';
import { tables } from './tables.ts';
import { viewOf } from './views.ts';
import { change, create, dependents, remove, type Written } from './writes.ts';

export type { NetboxState } from './store.ts';

/** A token of either kind; both are good. */
export const netboxAccount = {
  token: 'nbt_lab00000rack.0123456789abcdef0123456789abcdef01234567',
  oldToken: '0123456789abcdef0123456789abcdef01234567',
};

const Body = z.record(z.string(), z.unknown());

function isAllowed({ headers }: SimRequest): boolean {
  const given = headers['authorization'];
  return given === `Bearer ${netboxAccount.token}` || given === `Token ${netboxAccount.oldToken}`;
}

function list(path: string, request: SimRequest, state: NetboxState): SimAnswer {
  const found = filtered(state, path, request.query);
  if ('complaints' in found) return json(400, found.complaints);
  const limit = Math.min(Number(request.query.get('limit') ?? 50) || 1000, 1000);
  const offset = Number(request.query.get('offset') ?? 0);
  const at = (to: number) => {
    const query = new URLSearchParams(request.query);
    query.set('limit', String(limit));
    query.set('offset', String(to));
    return `${request.baseUrl}${request.path}?${query}`;
  };
  return json(200, {
    count: found.rows.length,
    next: offset + limit < found.rows.length ? at(offset + limit) : null,
    previous: offset > 0 ? at(Math.max(0, offset - limit)) : null,
    results: found.rows.slice(offset, offset + limit).map((row) => viewOf(state, path, row, request.baseUrl)),
  });
}

/** What a thing is for us, in words that stay the same when it is made twice. */
function naturalKey(state: NetboxState, path: string, row: Row): string | undefined {
  const deviceName = (id: unknown) => String(rowOf(state, 'dcim/devices', id)?.['name']);
  if (path === 'dcim/devices') return String(row.custom_fields?.['rackline_id'] ?? row['name']);
  if (path === 'dcim/interfaces' || path === 'dcim/power-ports')
    return `${deviceName(row['device'])} ${String(row['name'])}`;
  if (path === 'dcim/mac-addresses')
    return `${String(row['mac_address']).toLowerCase()} on ${String(row['assigned_object_id'])}`;
  if (path === 'dcim/cables')
    return allEnds(row)
      .map((end) => `${end.object_type} ${end.object_id}`)
      .join(' to ');
  if (path === 'ipam/ip-addresses') return String(row['address']);
  return undefined;
}

const placeKey = (row: Row): string =>
  `${String(row['serial'])} in rack ${String(row['rack'])} U${String(row['position'])}`;

function answer(written: Written, status: number, path: string, request: SimRequest, state: NetboxState): SimAnswer {
  return 'row' in written
    ? json(status, viewOf(state, path, written.row, request.baseUrl))
    : json(400, written.complaints);
}

function post(path: string, request: SimRequest, context: SimContext<NetboxState>): SimAnswer {
  const body = Body.safeParse(request.body);
  if (!body.success) return json(400, { non_field_errors: ['Invalid data. Expected a dictionary.'] });
  const written = create(context.state, path, body.data);
  const key = 'row' in written ? naturalKey(context.state, path, written.row) : undefined;
  if (key !== undefined) context.effect(`${tables[path]?.label} made`, key);
  return answer(written, 201, path, request, context.state);
}

function patch(path: string, row: Row, request: SimRequest, context: SimContext<NetboxState>): SimAnswer {
  const body = Body.safeParse(request.body);
  if (!body.success) return json(400, { non_field_errors: ['Invalid data. Expected a dictionary.'] });
  const before = row['position'] ? placeKey(row) : undefined;
  const written = change(context.state, path, row, body.data);
  const after = row['position'] ? placeKey(row) : undefined;
  if (before !== after && before) context.takeBack('rack unit taken', before);
  if (before !== after && after) context.effect('rack unit taken', after);
  return answer(written, 200, path, request, context.state);
}

function erase(path: string, row: Row, context: SimContext<NetboxState>): SimAnswer {
  const held = dependents(context.state, path, row);
  if (held.length > 0)
    return json(409, {
      detail: `Unable to delete object. ${held.length} dependent objects were found: ${held
        .slice(0, 5)
        .map((each) => `${String(each.row['name'] ?? each.row.id)} (${each.row.id})`)
        .join(', ')}`,
    });
  if (row['position']) context.takeBack('rack unit taken', placeKey(row));
  remove(context.state, path, row, (table, gone) => {
    const key = naturalKey(context.state, table, gone);
    if (key !== undefined) context.takeBack(`${tables[table]?.label} made`, key);
  });
  return empty(204);
}

function handle(request: SimRequest, context: SimContext<NetboxState>): SimAnswer | undefined {
  if (!isAllowed(request))
    return json(403, {
      detail: request.headers['authorization'] ? 'Invalid token' : 'Authentication credentials were not provided.',
    });
  if (request.path === '/api/status/')
    return json(200, {
      'django-version': '5.1',
      'netbox-version': '4.5.4',
      plugins: {},
      'python-version': '3.12.3',
      'rq-workers-running': 1,
    });
  const [, path = '', id] = /^\/api\/([a-z]+\/[a-z-]+)\/(?:(\d+)\/)?$/.exec(request.path) ?? [];
  if (!tables[path]) return undefined;
  if (id === undefined)
    return request.method === 'GET'
      ? list(path, request, context.state)
      : request.method === 'POST'
        ? post(path, request, context)
        : undefined;
  const row = rowOf(context.state, path, id);
  if (!row) return json(404, { detail: `No ${tables[path]?.label} matches the given query.` });
  if (request.method === 'GET') return json(200, viewOf(context.state, path, row, request.baseUrl));
  if (request.method === 'PATCH') return patch(path, row, request, context);
  return request.method === 'DELETE' ? erase(path, row, context) : undefined;
}

export const netboxSimulator: Simulator<NetboxState> = {
  name: 'netbox',
  initialState: seededState,
  handle,
  holdings: (state) => {
    const ours = rowsOf(state, 'dcim/devices').filter((device) => device.custom_fields?.['rackline_id']);
    const cables = rowsOf(state, 'dcim/cables').map((cable) =>
      allEnds(cable).map((end) => objectOf(state, end.object_type, end.object_id)),
    );
    return {
      devices: ours.map((device) => String(device.custom_fields?.['rackline_id'])).sort(),
      rackUnits: ours
        .filter((device) => device['position'])
        .map(
          (device) =>
            `${String(rowOf(state, 'dcim/racks', device['rack'])?.['name'])} ` +
            `U${String(device['position'])} ${String(device['serial'])}`,
        )
        .sort(),
      cables: cables.filter((ends) => ends.some((port) => ours.some(({ id }) => id === port?.['device']))).length,
      // Cables one end of which has gone: they keep a switch port taken for nobody.
      danglingCables: cables.filter((ends) => ends.includes(undefined)).length,
      addresses: rowsOf(state, 'ipam/ip-addresses')
        .filter((address) => address.custom_fields?.['rackline_id'])
        .map((address) => String(address['address']))
        .sort(),
      tenants: ours
        .filter((device) => device['tenant'])
        .map(
          (device) =>
            `${String(device['serial'])} ${String(rowOf(state, 'tenancy/tenants', device['tenant'])?.['slug'])}`,
        )
        .sort(),
    };
  },
};
