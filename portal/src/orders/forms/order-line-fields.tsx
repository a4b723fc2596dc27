import { Button } from '../../ui/button.tsx';
import { Field, Select } from '../../ui/field.tsx';
import type { Errors } from '../../ui/forms/check.ts';
import { Section } from '../../ui/page.tsx';
import type { LineDraft } from './order-draft.ts';
import { partNames, parts, presetOf, presets } from './presets.ts';

interface OrderLineFieldsProps {
  line: LineDraft;
  /** Counted from 1, as people do. */
  number: number;
  errors: Errors;
  /** Where the suggestions are: `<listId>-cpu`. */
  listId: string;
  onChange: (line: LineDraft) => void;
  onRemove: (() => void) | undefined;
}

/** One kind of server and how many of it. */
export function OrderLineFields({ line, number, errors, listId, onChange, onRemove }: OrderLineFieldsProps) {
  const at = `lines[${number - 1}]`;
  const options = [
    ...presets.map(({ id, name, use }) => ({ value: id, name: `${name}: ${use}` })),
    { value: '', name: 'Your own' },
  ];
  const take = (id: string) => {
    const preset = presets.find((each) => each.id === id);
    if (preset) onChange({ ...line, config: preset.config });
  };
  return (
    <Section
      title={`Servers, line ${number}`}
      aside={
        onRemove && (
          <Button kind="quiet" onClick={onRemove}>
            Remove line {number}
          </Button>
        )
      }
    >
      <div className="form-row">
        <Field label="Kind" error={undefined}>
          {(wiring) => <Select {...wiring} options={options} value={presetOf(line.config)?.id ?? ''} onChange={take} />}
        </Field>
        <Field label="Quantity" error={errors[`${at}.quantity`]}>
          {(wiring) => (
            <input
              {...wiring}
              className="short"
              inputMode="numeric"
              value={line.quantity}
              onChange={(event) => onChange({ ...line, quantity: event.target.value })}
            />
          )}
        </Field>
      </div>
      <div className="form-grid">
        {parts.map((part) => (
          <Field key={part} label={partNames[part]} error={errors[`${at}.config.${part}`]}>
            {(wiring) => (
              <input
                {...wiring}
                list={`${listId}-${part}`}
                value={line.config[part]}
                onChange={(event) => onChange({ ...line, config: { ...line.config, [part]: event.target.value } })}
              />
            )}
          </Field>
        ))}
      </div>
    </Section>
  );
}
