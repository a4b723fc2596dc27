import { tables, tableOfType } from './tables.ts';

/** One object as written: relations are ids, choices plain values, custom fields an object. */
export type Row = { id: number; custom_fields?: Record<string, unknown> } & Record<string, unknown>;
export interface NetboxState {
  nextId: number;
  rows: Record<string, Record<string, Row>>;
}

export const emptyState = (): NetboxState => ({ nextId: 1, rows: Object.fromEntries(Object.keys(tables).map((path) => [path, {}])) });

export const rowsOf = (state: NetboxState, path: string): Row[] => Object.values(state.rows[path] ?? {});
export const rowOf = (state: NetboxState, path: string, id: unknown): Row | undefined => state.rows[path]?.[String(id)];
/** What a content type and an id point to. */
export const objectOf = (state: NetboxState, type: unknown, id: unknown): Row | undefined => rowOf(state, tableOfType.get(String(type)) ?? '', id);

export function insert(state: NetboxState, path: string, values: Record<string, unknown>): Row {
  const row: Row = { ...values, id: state.nextId++ };
  const table = state.rows[path];
  if (!table) throw new Error(`The simulated NetBox has no table ${path}.`);
  table[row.id] = row;
  return row;
}

export const eraseRow = (state: NetboxState, path: string, id: number): void => void delete state.rows[path]?.[id];

/** A value as stored or, where nothing was written, as the model has it by default. */
export const valueOf = (path: string, row: Row, field: string): unknown => row[field] ?? tables[path]?.defaults?.[field];

export interface Termination {
  object_type: string;
  object_id: number;
}
export const endsOf = (cable: Row, side: 'a' | 'b'): Termination[] => (cable[`${side}_terminations`] as Termination[] | undefined) ?? [];
export const allEnds = (cable: Row): Termination[] => [...endsOf(cable, 'a'), ...endsOf(cable, 'b')];
