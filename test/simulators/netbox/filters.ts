// NetBox's list filters, as far as anybody asks. One it does not know it passes over in silence and answers everything.
import { allEnds, hostOf, objectOf, rowOf, rowsOf, rowsWith, valueOf, type NetboxState, type Row } from './store.ts';
import { tables, type Table } from './tables.ts';

type Test = (row: Row) => boolean;
export type Filtered = { rows: Row[] } | { complaints: Record<string, string[]> };

const control = new Set(['limit', 'offset', 'ordering', 'brief', 'format', 'fields', 'omit', 'exclude']);

/** Ports, cables, addresses and MACs are asked for by the device they belong to. */
function devicesAt(state: NetboxState, path: string, row: Row): Row[] {
  const ports =
    path === 'dcim/cables'
      ? allEnds(row).map((end) => objectOf(state, end.object_type, end.object_id))
      : row['assigned_object_id'] !== undefined
        ? [objectOf(state, row['assigned_object_type'], row['assigned_object_id'])]
        : [row];
  return ports.flatMap((port) => rowOf(state, 'dcim/devices', port?.['device']) ?? []);
}

/** Where something stands, by way of its own field, its scope, its rack, its device. */
function siteIdsOf(state: NetboxState, path: string, row: Row): unknown[] {
  if (typeof row['site'] === 'number') return [row['site']];
  if (row['scope_type'] === 'dcim.site') return [row['scope_id']];
  if (row['power_panel'] !== undefined) return [rowOf(state, 'dcim/power-panels', row['power_panel'])?.['site']];
  return devicesAt(state, path, row).map((device) => device['site']);
}

function contains(prefix: string, address: string): boolean {
  const number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const [network = '', mask = '32'] = prefix.split('/');
  const size = 2 ** (32 - Number(mask));
  return Math.floor(number(network) / size) === Math.floor(number(address.split('/')[0] ?? '') / size);
}

function special(state: NetboxState, path: string, key: string, value: string): Test | undefined {
  if (key === 'site' || key === 'site_id')
    return (row) =>
      siteIdsOf(state, path, row).some(
        (id) => String(key === 'site' ? rowOf(state, 'dcim/sites', id)?.['slug'] : id) === value,
      );
  if (key === 'device_id' || key === 'device')
    return (row) =>
      devicesAt(state, path, row).some((device) => String(key === 'device' ? device['name'] : device.id) === value);
  if (key === 'rack_id' && path !== 'dcim/devices')
    return (row) => devicesAt(state, path, row).some((device) => String(device['rack']) === value);
  if (key === 'cabled') return (row) => (row['cable'] !== undefined) === (value === 'true');
  if (key === 'contains' && path === 'ipam/prefixes') return (row) => contains(String(row['prefix']), value);
  if (key === 'address' && path === 'ipam/ip-addresses')
    return (row) => String(row['address']) === value || hostOf(row['address']) === value;
  if (key === 'interface_id') return (row) => String(row['assigned_object_id']) === value;
  return undefined;
}

function testFor(state: NetboxState, path: string, key: string, value: string): Test | string | undefined {
  const table = tables[path] as Table;
  const custom =
    key.startsWith('cf_') &&
    rowsOf(state, 'extras/custom-fields').find(
      (field) => field['name'] === key.slice(3) && (field['object_types'] as string[]).includes(table.type),
    );
  if (custom) {
    const held = (row: Row) => String(row.custom_fields?.[key.slice(3)] ?? '');
    return custom['filter_logic'] === 'exact'
      ? (row) => held(row) === value
      : (row) => held(row).toLowerCase().includes(value.toLowerCase());
  }
  if (key === 'id') return (row) => String(row.id) === value;
  const isRelationId =
    key.endsWith('_id') &&
    (table.relations?.[key.slice(0, -3)] ??
      (key === 'device_id' ? 'dcim/devices' : key === 'site_id' ? 'dcim/sites' : undefined));
  if (isRelationId && !rowOf(state, isRelationId, value))
    return `Select a valid choice. ${value} is not one of the available choices.`;
  const byWay = special(state, path, key, value);
  if (byWay) return byWay;
  if (isRelationId) return (row) => String(row[key.slice(0, -3)]) === value;
  const target = table.relations?.[key];
  if (target) return (row) => String(rowOf(state, target, row[key])?.['slug'] ?? '') === value;
  if (key in table.fields || key in (table.choices ?? {}))
    return (row) => String(valueOf(path, row, key) ?? '').toLowerCase() === value.toLowerCase();
  return undefined;
}

/**
 * The rows among which those that are asked for must be: few, where one of the questions says enough. Each is tested
 * all the same.
 */
function candidates(state: NetboxState, path: string, query: URLSearchParams): Row[] {
  for (const [key, value] of query) {
    if (key === 'id') return [rowOf(state, path, value) ?? []].flat();
    if (key === 'interface_id') return rowsWith(state, path, 'assigned_object_id', value);
    if (key === 'address' && path === 'ipam/ip-addresses') return rowsWith(state, path, 'host', hostOf(value));
    if (key === 'device_id') return ofDevice(state, path, value);
    if (key === 'rack_id' && path === 'dcim/devices') return rowsWith(state, path, 'rack', value);
    if (['name', 'serial', 'slug', 'mac_address'].includes(key) && key in (tables[path]?.fields ?? {}))
      return rowsWith(state, path, key, value);
    const custom =
      key.startsWith('cf_') &&
      rowsWith(state, 'extras/custom-fields', 'name', key.slice(3)).find((field) =>
        (field['object_types'] as string[]).includes(tables[path]?.type ?? ''),
      );
    if (custom && custom['filter_logic'] === 'exact') return rowsWith(state, path, key, value);
  }
  return rowsOf(state, path);
}

function ofDevice(state: NetboxState, path: string, id: string): Row[] {
  const ports = (table: string) => rowsWith(state, table, 'device', id);
  if (path === 'dcim/cables')
    return ['dcim/interfaces', 'dcim/power-ports', 'dcim/power-outlets']
      .flatMap(ports)
      .flatMap((port) => rowOf(state, path, port['cable']) ?? []);
  if (path === 'dcim/mac-addresses' || path === 'ipam/ip-addresses')
    return ports('dcim/interfaces').flatMap((port) => rowsWith(state, path, 'assigned_object_id', port.id));
  return ports(path);
}

export function filtered(state: NetboxState, path: string, query: URLSearchParams): Filtered {
  let rows = [...new Set(candidates(state, path, query))];
  for (const [key, value] of query) {
    const test = control.has(key) ? undefined : testFor(state, path, key, value);
    if (typeof test === 'string') return { complaints: { [key]: [test] } };
    if (test) rows = rows.filter(test);
  }
  const ordering = query.get('ordering') ?? 'id';
  const field = ordering.replace(/^-/, '');
  const compare = (a: Row, b: Row) =>
    field === 'id' ? a.id - b.id : String(a[field]).localeCompare(String(b[field]), 'en', { numeric: true });
  return { rows: rows.toSorted((a, b) => (ordering.startsWith('-') ? compare(b, a) : compare(a, b))) };
}
