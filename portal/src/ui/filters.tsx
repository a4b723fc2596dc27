import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Select } from './field.tsx';
import { words } from './words.ts';

/** A row of filters above a list. */
export const Filters = ({ children }: { children: ReactNode }) => (
  <div className="filters" role="search" aria-label="Filter">
    {children}
  </div>
);

/** One of a set of words, or any. */
export const FilterSelect = ({
  label,
  any,
  options,
  value,
  onChange,
}: {
  label: string;
  any: string;
  options: readonly string[];
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) => (
  <label className="filter">
    <span>{label}</span>
    <Select
      options={[{ value: '', name: any }, ...options.map((each) => ({ value: each, name: words(each) }))]}
      value={value ?? ''}
      onChange={(chosen) => onChange(chosen || undefined)}
    />
  </label>
);

const typingPauseMilliseconds = 300;

/** A text that filters once typing pauses. */
export function FilterText({
  label,
  placeholder,
  value,
  onChange,
}: {
  label: string;
  placeholder: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  const [text, setText] = useState(value ?? '');
  const applied = useRef(value ?? '');
  const apply = useRef(onChange);
  apply.current = onChange;
  // The address may change in another way: by a link, or by going back.
  useEffect(() => {
    if ((value ?? '') === applied.current) return;
    applied.current = value ?? '';
    setText(applied.current);
  }, [value]);
  useEffect(() => {
    if (text === applied.current) return undefined;
    const timer = setTimeout(() => {
      applied.current = text;
      apply.current(text || undefined);
    }, typingPauseMilliseconds);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <label className="filter filter-text">
      <span>{label}</span>
      <input
        type="search"
        value={text}
        placeholder={placeholder}
        onChange={(event) => setText(event.target.value)}
        spellCheck={false}
      />
    </label>
  );
}
