// Rows as NetBox shows them: relations in short form, choices as {value, label}, cables with what is at their ends.
import { allEnds, endsOf, objectOf, rowOf, valueOf, type NetboxState, type Row, type Termination } from './store.ts';
import { tables, tableOfType, type Table } from './tables.ts';

const displayOf = (row: Row): string =>
  String(row['name'] ?? row['model'] ?? row['address'] ?? row['prefix'] ?? row['mac_address'] ?? `#${row.id}`);
const heading = (path: string, row: Row, baseUrl: string) => ({
  id: row.id,
  url: `${baseUrl}/api/${path}/${row.id}/`,
  display: displayOf(row),
});

function fieldView(state: NetboxState, path: string, row: Row, field: string, baseUrl: string): unknown {
  const table = tables[path] as Table;
  const target = table.relations?.[field];
  if (target !== undefined) return briefOf(state, target, rowOf(state, target, row[field]), baseUrl);
  const value = valueOf(path, row, field) ?? null;
  const options = table.choices?.[field];
  if (options) return value === null ? null : { value, label: options[String(value)] ?? value };
  if (field === 'cable') return briefOf(state, 'dcim/cables', rowOf(state, 'dcim/cables', row['cable']), baseUrl);
  if (field === '_occupied') return row['cable'] !== undefined || row['mark_connected'] === true;
  return value ?? table.constants?.[field] ?? emptyOf(field);
}

/** What an unwritten field of text shows. */
const emptyOf = (field: string): unknown =>
  ['description', 'comments', 'label', 'serial', 'facility', 'part_number', 'group_name'].includes(field) ? '' : null;

const briefOf = (
  state: NetboxState,
  path: string,
  row: Row | undefined,
  baseUrl: string,
): Record<string, unknown> | null =>
  row
    ? {
        ...heading(path, row, baseUrl),
        ...Object.fromEntries(
          (tables[path]?.brief ?? []).map((field) => [field, fieldView(state, path, row, field, baseUrl)]),
        ),
      }
    : null;

const endView = (state: NetboxState, baseUrl: string) => (end: Termination) => {
  const path = tableOfType.get(end.object_type) ?? '';
  return {
    object_type: end.object_type,
    object_id: end.object_id,
    object: briefOf(state, path, rowOf(state, path, end.object_id), baseUrl),
  };
};

/** The ends that still exist: one whose device was deleted is gone from its cable. */
const standing = (state: NetboxState, ends: readonly Termination[]) =>
  ends.filter((end) => objectOf(state, end.object_type, end.object_id));

function cableSide(state: NetboxState, path: string, row: Row, baseUrl: string): Record<string, unknown> {
  const cable = rowOf(state, 'dcim/cables', row['cable']);
  const own = tables[path]?.type;
  const isOwn = (end: Termination) => end.object_type === own && end.object_id === row.id;
  const peers = cable ? standing(state, allEnds(cable)).filter((end) => !isOwn(end)) : [];
  return {
    cable: fieldView(state, path, row, 'cable', baseUrl),
    cable_end: cable ? (endsOf(cable, 'a').some(isOwn) ? 'A' : 'B') : '',
    link_peers: peers.map((end) => endView(state, baseUrl)(end).object),
    link_peers_type: peers[0]?.object_type ?? null,
    _occupied: fieldView(state, path, row, '_occupied', baseUrl),
  };
}

export function viewOf(state: NetboxState, path: string, row: Row, baseUrl: string): Record<string, unknown> {
  const table = tables[path] as Table;
  const names = [
    ...Object.keys(table.fields),
    ...Object.keys(table.relations ?? {}),
    ...Object.keys(table.choices ?? {}),
  ];
  const isCabled = 'mark_connected' in table.fields;
  return {
    ...heading(path, row, baseUrl),
    ...table.constants,
    ...Object.fromEntries(names.map((field) => [field, fieldView(state, path, row, field, baseUrl)])),
    ...(isCabled && cableSide(state, path, row, baseUrl)),
    ...(path === 'dcim/cables' &&
      Object.fromEntries(
        (['a', 'b'] as const).map((side) => [
          `${side}_terminations`,
          standing(state, endsOf(row, side)).map(endView(state, baseUrl)),
        ]),
      )),
    tags: [],
    custom_fields: row.custom_fields ?? {},
  };
}
