import { useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { ReceiveItem } from '../../../../shared/domain/receiving/receiving.api.ts';
import type { ShipmentView } from '../../../../shared/domain/receiving/shipments.api.ts';
import { receiveItem } from '../../api/acts.ts';
import { Button } from '../../ui/button.tsx';
import { Choice, Field } from '../../ui/field.tsx';
import { check } from '../../ui/forms/check.ts';
import { useAct } from '../../ui/forms/use-act.ts';
import { Icon } from '../../ui/icon.tsx';
import { Note, ProblemNote } from '../../ui/note.tsx';
import { count } from '../../ui/words.ts';
import { addMacs, compareMacs } from './scan.ts';

const nothing = { serial: '', macs: [] as readonly string[], macText: '', condition: 'good' as const, note: '' };
type Draft = Omit<typeof nothing, 'condition'> & { condition: 'good' | 'damaged' };

/**
 * One machine of a shipment. A hardware scanner types and presses Enter: Enter goes from the serial number to the
 * addresses, takes each address, and on an empty line records the machine.
 */
export function ScanForm({ shipment }: { shipment: ShipmentView }) {
  const [draft, setDraft] = useState<Draft>(nothing);
  const [isTried, setTried] = useState(false);
  const serialField = useRef<HTMLInputElement>(null);
  const macField = useRef<HTMLInputElement>(null);
  const macs = addMacs(draft.macs, draft.macText);
  const content = { serial: draft.serial, macs, condition: draft.condition, ...(draft.note && { note: draft.note }) };
  const checked = check(ReceiveItem, content);
  const expected = shipment.items.find(({ serial }) => serial === draft.serial.trim());
  const scan = useAct((item: typeof content, key) => receiveItem(shipment.id, item, key), {
    said: ({ serial, state, remaining }) =>
      `${serial} is ${state}. ${remaining === 0 ? 'That was the last one.' : `${count(remaining, 'machine')} to go.`}`,
    onDone: () => {
      setDraft(nothing);
      setTried(false);
      serialField.current?.focus();
    },
  });

  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    setTried(true);
    if (checked.value) scan.run(content);
  };
  const onSerialKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    macField.current?.focus();
  };
  const onMacKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || draft.macText.trim() === '') return;
    event.preventDefault();
    setDraft({ ...draft, macs, macText: '' });
  };
  const errorOf = (field: string) =>
    isTried ? Object.entries(checked.errors).find(([where]) => where.startsWith(field))?.[1] : undefined;

  return (
    <form className="scan" onSubmit={submit} noValidate>
      <Field label="Serial number" hint="Scan or type it." error={errorOf('serial')}>
        {(wiring) => (
          <input
            {...wiring}
            ref={serialField}
            className="big mono"
            value={draft.serial}
            onKeyDown={onSerialKey}
            onChange={(event) => setDraft({ ...draft, serial: event.target.value })}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
          />
        )}
      </Field>
      {draft.serial.trim() !== '' && <ExpectedMachine serial={draft.serial.trim()} item={expected} macs={macs} />}
      <Field label="MAC addresses" hint="Scan the label, one or several; or paste them." error={errorOf('macs')}>
        {(wiring) => (
          <input
            {...wiring}
            ref={macField}
            className="big mono"
            value={draft.macText}
            onKeyDown={onMacKey}
            onChange={(event) => setDraft({ ...draft, macText: event.target.value })}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        )}
      </Field>
      {draft.macs.length > 0 && (
        <ul className="chips" aria-label="Scanned addresses">
          {draft.macs.map((mac) => (
            <li key={mac}>
              <button
                type="button"
                className="chip mono"
                onClick={() => setDraft({ ...draft, macs: draft.macs.filter((each) => each !== mac) })}
                aria-label={`Remove ${mac}`}
              >
                {mac}
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <Choice
        label="Condition"
        value={draft.condition}
        onChange={(condition) => setDraft({ ...draft, condition })}
        options={[
          { value: 'good', name: 'Good' },
          { value: 'damaged', name: 'Damaged' },
        ]}
      />
      {draft.condition === 'damaged' && (
        <Field label="What is damaged" isOptional error={errorOf('note')}>
          {(wiring) => (
            <textarea
              {...wiring}
              rows={2}
              value={draft.note}
              onChange={(event) => setDraft({ ...draft, note: event.target.value })}
            />
          )}
        </Field>
      )}
      {scan.error ? <ProblemNote error={scan.error} /> : null}
      <Button kind="primary" size="big" type="submit" isBusy={scan.isBusy}>
        {draft.condition === 'good' ? 'Record as good' : 'Record as damaged'}
      </Button>
    </form>
  );
}

function ExpectedMachine({
  serial,
  item,
  macs,
}: {
  serial: string;
  item: ShipmentView['items'][number] | undefined;
  macs: readonly string[];
}) {
  if (!item) return <Note tone="bad" title={`${serial} is not on this shipment's manifest.`} role="status" />;
  const { seen, unknown } = compareMacs(macs, [item.bmcMac, ...item.macs]);
  if (unknown.length > 0)
    return <Note tone="bad" title={`${unknown.join(', ')} does not belong to this machine.`} role="status" />;
  return (
    <Note tone={seen > 0 ? 'good' : 'going'} title={`${item.manufacturer} ${item.model}`} role="status">
      <p>
        {seen} of {item.macs.length + 1} addresses scanned
        {item.state === 'expected' ? '' : `; already recorded as ${item.state}`}.
      </p>
    </Note>
  );
}
