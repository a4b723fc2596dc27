import { tables, tableOfType } from './tables.ts';

/** One object as written: relations are ids, choices plain values, custom fields an object. */
export type Row = { id: number; custom_fields?: Record<string, unknown> } & Record<string, unknown>;
export interface NetboxState {
  nextId: number;
  rows: Record<string, Record<string, Row>>;
}

export const emptyState = (): NetboxState => ({
  nextId: 1,
  rows: Object.fromEntries(Object.keys(tables).map((path) => [path, {}])),
});

export const rowsOf = (state: NetboxState, path: string): Row[] => Object.values(state.rows[path] ?? {});
export const rowOf = (state: NetboxState, path: string, id: unknown): Row | undefined => state.rows[path]?.[String(id)];
/** What a content type and an id point to. */
export const objectOf = (state: NetboxState, type: unknown, id: unknown): Row | undefined =>
  rowOf(state, tableOfType.get(String(type)) ?? '', id);

export function insert(state: NetboxState, path: string, values: Record<string, unknown>): Row {
  const row: Row = { ...values, id: state.nextId++ };
  const table = state.rows[path];
  if (!table) throw new Error(`The simulated NetBox has no table ${path}.`);
  table[row.id] = row;
  file(table, row);
  return row;
}

/** Every change of a row goes this way: it is found by what it holds now. `undefined` takes a value away. */
export function amend(state: NetboxState, path: string, row: Row, values: Record<string, unknown>): void {
  const table = state.rows[path];
  if (table) unfile(table, row);
  Object.assign(row, values);
  for (const [field, value] of Object.entries(values)) if (value === undefined) delete row[field];
  if (table) file(table, row);
}

export function eraseRow(state: NetboxState, path: string, id: number): void {
  const [table, row] = [state.rows[path], rowOf(state, path, id)];
  if (!table || !row) return;
  unfile(table, row);
  delete table[id];
}

type Shelf = Map<string, Map<number, Row>>;
/** By table, then by field. A lab of a thousand servers has too many rows to look through for each request. */
const shelves = new WeakMap<object, Map<string, Shelf>>();
/** A custom field is `cf_` and its name; `host` is an address without its mask. */
const heldIn = (row: Row, field: string): unknown =>
  field.startsWith('cf_')
    ? row.custom_fields?.[field.slice(3)]
    : field === 'host' && row['address'] !== undefined
      ? hostOf(row['address'])
      : row[field];
const wordOf = (value: unknown): string => String(value).toLowerCase();
export const hostOf = (address: unknown): string => String(address).split('/')[0] ?? '';

/**
 * Rows that hold this in that field, however it is capitalised; a shelf for the field is made when it is first asked
 * for.
 */
export function rowsWith(state: NetboxState, path: string, field: string, value: unknown): Row[] {
  const table = state.rows[path];
  if (!table) return [];
  const fields = shelves.get(table) ?? new Map<string, Shelf>();
  shelves.set(table, fields);
  let shelf = fields.get(field);
  if (!shelf) {
    fields.set(field, (shelf = new Map()));
    for (const row of Object.values(table)) put(shelf, row, field);
  }
  return [...(shelf.get(wordOf(value))?.values() ?? [])];
}

function put(shelf: Shelf, row: Row, field: string): void {
  const held = heldIn(row, field);
  if (held === undefined || held === null) return;
  const word = wordOf(held);
  const rows = shelf.get(word);
  if (rows) rows.set(row.id, row);
  else shelf.set(word, new Map([[row.id, row]]));
}

const file = (table: object, row: Row): void => shelves.get(table)?.forEach((shelf, field) => put(shelf, row, field));
const unfile = (table: object, row: Row): void =>
  shelves.get(table)?.forEach((shelf, field) => shelf.get(wordOf(heldIn(row, field)))?.delete(row.id));

/** A value as stored or, where nothing was written, as the model has it by default. */
export const valueOf = (path: string, row: Row, field: string): unknown =>
  row[field] ?? tables[path]?.defaults?.[field];

export interface Termination {
  object_type: string;
  object_id: number;
}
export const endsOf = (cable: Row, side: 'a' | 'b'): Termination[] =>
  (cable[`${side}_terminations`] as Termination[] | undefined) ?? [];
export const allEnds = (cable: Row): Termination[] => [...endsOf(cable, 'a'), ...endsOf(cable, 'b')];
