import { rules, type Complaints } from './rules.ts';
// Creating, changing and deleting: NetBox's own checks, and what follows from a change elsewhere.
import {
  allEnds,
  amend,
  eraseRow,
  insert,
  objectOf,
  rowOf,
  rowsOf,
  rowsWith,
  type NetboxState,
  type Row,
} from './store.ts';
import { tableOfType, tables, type Table } from './tables.ts';

export type Written = { row: Row } | { complaints: Complaints };

export function create(state: NetboxState, path: string, body: Record<string, unknown>): Written {
  const missing = (tables[path]?.required ?? []).filter((field) => body[field] === undefined || body[field] === null);
  const { values, complaints } = read(state, path, body);
  for (const field of missing) complaints[field] = ['This field is required.'];
  const draft: Row = { ...values, id: 0 };
  Object.assign(complaints, Object.keys(complaints).length === 0 ? check(state, path, draft) : {});
  if (Object.keys(complaints).length > 0) return { complaints };
  const row = insert(state, path, values);
  follow(state, path, row);
  if (path === 'dcim/devices') furnish(state, row);
  return { row };
}

/** A device is made with the ports of its type. */
function furnish(state: NetboxState, device: Row): void {
  const templatesIn = (path: string) => rowsWith(state, path, 'device_type', device['device_type']);
  for (const { id: _id, device_type: _type, ...values } of templatesIn('dcim/interface-templates'))
    insert(state, 'dcim/interfaces', { ...values, device: device.id });
  for (const { id: _id, device_type: _type, ...values } of templatesIn('dcim/power-port-templates'))
    insert(state, 'dcim/power-ports', { ...values, device: device.id });
}

export function change(state: NetboxState, path: string, row: Row, body: Record<string, unknown>): Written {
  const { values, complaints } = read(state, path, body);
  const draft: Row = {
    ...row,
    ...values,
    custom_fields: { ...row.custom_fields, ...(values['custom_fields'] as object | undefined) },
    id: row.id,
  };
  Object.assign(complaints, Object.keys(complaints).length === 0 ? check(state, path, draft) : {});
  if (Object.keys(complaints).length > 0) return { complaints };
  amend(state, path, row, draft);
  follow(state, path, row);
  return { row };
}

/** The rows that hold this one fast; deleting is refused while there are any. */
export function dependents(state: NetboxState, path: string, row: Row): { path: string; row: Row }[] {
  const cascading = new Set((tables[path]?.cascades ?? []).map(([table, field]) => `${table} ${field}`));
  const weak = new Set(['dcim/devices oob_ip', 'dcim/interfaces primary_mac_address', 'dcim/sites region']);
  return Object.entries(tables).flatMap(([other, table]) =>
    Object.entries(table.relations ?? {})
      .filter(
        ([field, target]) => target === path && !cascading.has(`${other} ${field}`) && !weak.has(`${other} ${field}`),
      )
      .flatMap(([field]) => rowsWith(state, other, field, row.id).map((each) => ({ path: other, row: each }))),
  );
}

/** Deletes a row and what goes with it, each told just before it goes. A cable keeps standing, with one end less. */
export function remove(state: NetboxState, path: string, row: Row, reported: (path: string, row: Row) => void): void {
  const takeAlong = (table: string, field: string) => {
    for (const each of rowsWith(state, table, field, row.id)) remove(state, table, each, reported);
  };
  const forget = (table: string, field: string) => {
    for (const each of rowsWith(state, table, field, row.id)) amend(state, table, each, { [field]: undefined });
  };
  for (const [table, field] of tables[path]?.cascades ?? []) takeAlong(table, field);
  if (path === 'dcim/interfaces')
    for (const table of ['dcim/mac-addresses', 'ipam/ip-addresses']) takeAlong(table, 'assigned_object_id');
  reported(path, row);
  if (path === 'dcim/cables') setCable(state, row, undefined);
  if (path === 'ipam/ip-addresses') forget('dcim/devices', 'oob_ip');
  if (path === 'dcim/mac-addresses') forget('dcim/interfaces', 'primary_mac_address');
  eraseRow(state, path, row.id);
}

/** Fields NetBox does not know are passed over in silence, as its serializers do. */
function read(
  state: NetboxState,
  path: string,
  body: Record<string, unknown>,
): { values: Record<string, unknown>; complaints: Complaints } {
  const table = tables[path] as Table;
  const values: Record<string, unknown> = {};
  const complaints: Complaints = {};
  for (const [field, given] of Object.entries(body)) {
    const problem = readField(state, table, field, given, values);
    if (problem !== undefined) complaints[field] = [problem];
  }
  return { values, complaints };
}

function readField(
  state: NetboxState,
  table: Table,
  field: string,
  given: unknown,
  values: Record<string, unknown>,
): string | undefined {
  const schema = table.fields[field];
  if (schema) {
    const parsed = schema.safeParse(given);
    values[field] = parsed.data;
    return parsed.success ? undefined : (parsed.error.issues[0]?.message ?? 'Invalid value.');
  }
  const target = table.relations?.[field];
  if (target !== undefined) {
    const found = given === null ? null : related(state, target, given);
    if (found === undefined)
      return typeof given === 'number'
        ? `Related object not found using the provided numeric ID: ${given}`
        : `Related object not found using the provided attributes: ${JSON.stringify(given)}`;
    values[field] = found?.id ?? null;
    return undefined;
  }
  const options = table.choices?.[field];
  if (options) {
    const isEmpty = given === null || given === '';
    if (!isEmpty && !(String(given) in options)) return `${String(given)} is not a valid choice.`;
    values[field] = isEmpty ? null : given;
    return undefined;
  }
  if (field === 'custom_fields') return readCustomFields(state, table, given, values);
  return undefined;
}

function related(state: NetboxState, target: string, given: unknown): Row | undefined {
  if (typeof given === 'number') return rowOf(state, target, given);
  const wanted = Object.entries(given ?? {});
  const [first] = wanted;
  const hits = first
    ? rowsWith(state, target, ...first).filter((row) => wanted.every(([field, value]) => row[field] === value))
    : [];
  return hits.length === 1 ? hits[0] : undefined;
}

const customTypes: Record<string, (value: unknown) => boolean> = {
  text: (value) => typeof value === 'string',
  longtext: (value) => typeof value === 'string',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
};

function readCustomFields(
  state: NetboxState,
  table: Table,
  given: unknown,
  values: Record<string, unknown>,
): string | undefined {
  const known = new Map(
    rowsOf(state, 'extras/custom-fields')
      .filter((field) => (field['object_types'] as string[]).includes(table.type))
      .map((field) => [String(field['name']), field]),
  );
  for (const [name, value] of Object.entries(given ?? {})) {
    const field = known.get(name);
    if (!field) return `Unknown field name '${name}' in custom field data.`;
    if (value !== null && customTypes[String(field['type'])]?.(value) === false)
      return `Invalid value for custom field '${name}'.`;
  }
  values['custom_fields'] = { ...(given as object) };
  return undefined;
}

function check(state: NetboxState, path: string, draft: Row): Complaints {
  const table = tables[path] as Table;
  const othersWith = (field: string, value: unknown) =>
    rowsWith(state, path, field, value).filter((row) => row.id !== draft.id);
  for (const fields of table.unique ?? []) {
    const same = (other: Row, field: string) =>
      typeof draft[field] === 'string'
        ? String(other[field]).toLowerCase() === draft[field].toLowerCase()
        : other[field] === draft[field];
    const [field = ''] = fields;
    if (
      fields.some((each) => draft[each] === undefined || draft[each] === null) ||
      !othersWith(field, draft[field]).some((other) => fields.every((each) => same(other, each)))
    )
      continue;
    return fields.length === 1
      ? { [field]: [`${table.label} with this ${field} already exists.`] }
      : { __all__: [`${table.label} with this ${fields.join(' and ')} already exists.`] };
  }
  for (const field of rowsOf(state, 'extras/custom-fields')) {
    const name = String(field['name']);
    const value = draft.custom_fields?.[name];
    if (
      field['unique'] === true &&
      value !== undefined &&
      value !== null &&
      othersWith(`cf_${name}`, value).some((other) => other.custom_fields?.[name] === value)
    )
      return { __all__: [`Custom field '${name}' must have a unique value.`] };
  }
  return Object.assign({}, ...(rules[path] ?? []).map((rule) => rule(state, draft))) as Complaints;
}

/** A port knows its cable without being asked. */
function follow(state: NetboxState, path: string, row: Row): void {
  if (path === 'dcim/cables') setCable(state, row, row.id);
}

function setCable(state: NetboxState, row: Row, cable: number | undefined): void {
  for (const end of allEnds(row)) {
    const port = objectOf(state, end.object_type, end.object_id);
    if (port) amend(state, tableOfType.get(end.object_type) ?? '', port, { cable });
  }
}
