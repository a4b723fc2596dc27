import type { ReactNode } from 'react';

export interface Column<T> {
  name: string;
  show: (row: T) => ReactNode;
  /** Numbers line up at the end. */
  isNumber?: boolean;
}

/**
 * Rows and columns; on a narrow screen each row is a card whose cells carry their column's name (table.css). The roles
 * are spelled out because a table laid out as cards is no table to a screen reader otherwise.
 */
export function Table<T>({
  label,
  columns,
  rows,
  rowKey,
}: {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string | number;
}) {
  return (
    <div className="table-box">
      <table role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ name, isNumber }) => (
              <th key={name} role="columnheader" scope="col" className={isNumber ? 'number' : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map(({ name, show, isNumber }) => (
                <td key={name} role="cell" data-name={name} className={isNumber ? 'number' : undefined}>
                  <div>{show(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
