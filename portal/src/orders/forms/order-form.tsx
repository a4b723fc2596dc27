import { useQuery } from '@tanstack/react-query';
import { useId, useRef, useState, type FormEvent } from 'react';
import { SubmitOrder } from '../../../../shared/domain/orders/orders.api.ts';
import { submitOrder } from '../../api/acts.ts';
import { paths } from '../../api/paths.ts';
import { ProblemError } from '../../api/problem.ts';
import { datacentersQuery } from '../../api/queries.ts';
import { useMe } from '../../api/session.ts';
import { Answered } from '../../ui/answered.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { byField, check } from '../../ui/forms/check.ts';
import { useAct } from '../../ui/forms/use-act.ts';
import { Icon } from '../../ui/icon.tsx';
import { useGo } from '../../ui/link.tsx';
import { ProblemNote } from '../../ui/note.tsx';
import { Section } from '../../ui/page.tsx';
import { count } from '../../ui/words.ts';
import { newDraft, newLine, serversIn, toOrder, type LineDraft } from './order-draft.ts';
import { OrderLineFields } from './order-line-fields.tsx';
import { suggestions, parts } from './presets.ts';

/** Order servers: where, how many, of what kind. */
export function OrderForm() {
  const isStaff = useMe().tenantId === null;
  const go = useGo();
  const [draft, setDraft] = useState(newDraft);
  const [isTried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const listId = useId();
  const order = useAct(submitOrder, {
    onDone: ({ id }) => go(paths.order(id)),
    said: () => 'Your order was received.',
  });

  const checked = check(SubmitOrder, toOrder(draft, isStaff));
  const refused = order.error instanceof ProblemError ? byField(order.error.complaints) : {};
  const errors = isTried ? { ...refused, ...checked.errors } : {};
  const setLines = (lines: readonly LineDraft[]) => setDraft({ ...draft, lines });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (checked.value) order.run(checked.value);
    else requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
  };
  return (
    <form ref={form} className="form" onSubmit={submit} noValidate>
      <Section title="Where">
        <PlaceField
          value={draft.place}
          error={
            draft.place === '' && isTried
              ? 'Choose a datacenter or a region.'
              : (errors['datacenter'] ?? errors['placement.region'])
          }
          onChange={(place) => setDraft({ ...draft, place })}
        />
        {isStaff && (
          <Field label="Tenant" hint="For whom you order, such as acme." error={errors['tenantId']}>
            {(wiring) => (
              <input
                {...wiring}
                value={draft.tenantId}
                onChange={(event) => setDraft({ ...draft, tenantId: event.target.value })}
                autoCapitalize="none"
                spellCheck={false}
              />
            )}
          </Field>
        )}
      </Section>
      {draft.lines.map((line, index) => (
        <OrderLineFields
          key={line.key}
          line={line}
          number={index + 1}
          errors={errors}
          listId={listId}
          onChange={(changed) => setLines(draft.lines.map((each) => (each.key === line.key ? changed : each)))}
          onRemove={
            draft.lines.length > 1 ? () => setLines(draft.lines.filter(({ key }) => key !== line.key)) : undefined
          }
        />
      ))}
      {parts.map((part) => (
        <datalist key={part} id={`${listId}-${part}`}>
          {suggestions(part).map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
      ))}
      <div className="form-foot">
        <Button
          onClick={() => setLines([...draft.lines, newLine(Math.max(...draft.lines.map(({ key }) => key)) + 1)])}
          disabledReason={draft.lines.length >= 20 ? 'An order has at most 20 lines.' : null}
        >
          <Icon name="plus" />
          Another kind of server
        </Button>
        <Button kind="primary" type="submit" isBusy={order.isBusy}>
          {order.isBusy ? 'Ordering…' : `Order ${count(serversIn(draft), 'server')}`}
        </Button>
      </div>
      {isTried && Object.keys(checked.errors).length > 0 && (
        <p className="field-error" role="alert">
          {count(Object.keys(checked.errors).length, 'thing')} above{' '}
          {Object.keys(checked.errors).length === 1 ? 'needs' : 'need'} your attention.
        </p>
      )}
      {order.error ? <ProblemNote error={order.error} /> : null}
    </form>
  );
}

function PlaceField({
  value,
  error,
  onChange,
}: {
  value: string;
  error: string | undefined;
  onChange: (place: string) => void;
}) {
  const datacenters = useQuery(datacentersQuery);
  return (
    <Answered query={datacenters} rows={1}>
      {({ items }) => (
        <Field
          label="Datacenter or region"
          hint="In a region we choose the datacenter with the most stock."
          error={error}
        >
          {(wiring) => (
            <select {...wiring} value={value} onChange={(event) => onChange(event.target.value)}>
              <option value="">Choose…</option>
              <optgroup label="Datacenters">
                {items.map(({ id, name }) => (
                  <option key={id} value={`datacenter:${id}`}>
                    {name} ({id})
                  </option>
                ))}
              </optgroup>
              <optgroup label="Regions">
                {[...new Set(items.map(({ region }) => region))].map((region) => (
                  <option key={region} value={`region:${region}`}>
                    Anywhere in {region}
                  </option>
                ))}
              </optgroup>
            </select>
          )}
        </Field>
      )}
    </Answered>
  );
}
