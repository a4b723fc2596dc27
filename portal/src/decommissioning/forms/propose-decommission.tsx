import { useState } from 'react';
import type { ServerView } from '../../../../shared/domain/assets/assets.api.ts';
import { ProposeDecommission } from '../../../../shared/domain/decommissions/decommissions.api.ts';
import { proposeDecommission } from '../../api/acts.ts';
import { Choice, Field } from '../../ui/field.tsx';
import { check } from '../../ui/forms/check.ts';
import { FormDialog } from '../../ui/forms/form-dialog.tsx';
import { useAct } from '../../ui/forms/use-act.ts';

const dispositions = [
  { value: 'retired', name: 'Retired' },
  { value: 'resold', name: 'Resold' },
  { value: 'destroyed', name: 'Destroyed' },
  { value: 'returned', name: 'Returned' },
] as const;
type Disposition = (typeof dispositions)[number]['value'];

/** Proposes a server's end. Nothing is destroyed before somebody else has agreed. */
export function ProposeDecommissionDialog({
  server,
  onClose,
}: {
  server: Pick<ServerView, 'id' | 'serial'>;
  onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const [disposition, setDisposition] = useState<Disposition>('retired');
  const [isTried, setTried] = useState(false);
  const content = { serverId: server.id, reason, disposition };
  const checked = check(ProposeDecommission, content);
  const propose = useAct(proposeDecommission, { onDone: onClose, said: () => 'The end of this server was proposed.' });
  const submit = () => {
    setTried(true);
    if (checked.value) propose.run(content);
  };
  return (
    <FormDialog
      title={`Decommission ${server.serial ?? 'this server'}`}
      confirm="Propose decommissioning"
      kind="danger"
      isBusy={propose.isBusy}
      error={propose.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <p>
        Somebody other than you decides. After that every drive is erased, which nobody can take back, and you get a
        certificate of it.
      </p>
      <Field label="Reason" error={isTried ? checked.errors['reason'] : undefined}>
        {(wiring) => (
          <textarea {...wiring} rows={3} value={reason} onChange={(event) => setReason(event.target.value)} />
        )}
      </Field>
      <Choice label="What becomes of it" value={disposition} options={dispositions} onChange={setDisposition} />
    </FormDialog>
  );
}
