import type { ReactNode } from 'react';

const isSaid = (value: ReactNode): boolean => value !== null && value !== undefined && value !== false && value !== '';

/** Names and what they are. What is not known is left out. */
export const KeyValues = ({ of }: { of: Readonly<Record<string, ReactNode>> }) => (
  <dl className="key-values">
    {Object.entries(of).map(
      ([name, value]) =>
        isSaid(value) && (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
    )}
  </dl>
);
