import { useState } from 'react';
import type { ServerView } from '../../../../shared/domain/assets/assets.api.ts';
import { RequestMaintenance } from '../../../../shared/domain/maintenance/maintenance.api.ts';
import { requestMaintenance } from '../../api/acts.ts';
import { Field } from '../../ui/field.tsx';
import { check } from '../../ui/forms/check.ts';
import { FormDialog } from '../../ui/forms/form-dialog.tsx';
import { useAct } from '../../ui/forms/use-act.ts';

const fourHours = 4 * 3_600_000;
/** As `datetime-local` holds it: the reader's own time, to the minute. */
const localTime = (at: number): string =>
  new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
const toIso = (local: string): string => (Number.isNaN(Date.parse(local)) ? '' : new Date(local).toISOString());

/** Takes a server out of service for a while; a technician does the work. */
export function RequestMaintenanceDialog({
  server,
  onClose,
}: {
  server: Pick<ServerView, 'id' | 'serial'>;
  onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const [endsAt, setEndsAt] = useState(() => localTime(Date.now() + fourHours));
  const [isTried, setTried] = useState(false);
  const content = { serverId: server.id, reason, endsAt: toIso(endsAt) };
  const checked = check(RequestMaintenance, content);
  const request = useAct(requestMaintenance, { onDone: onClose, said: () => 'Maintenance was requested.' });
  const errorOf = (field: string) => (isTried ? checked.errors[field] : undefined);
  const submit = () => {
    setTried(true);
    if (checked.value) request.run(content);
  };
  return (
    <FormDialog
      title={`Maintain ${server.serial ?? 'this server'}`}
      confirm="Request maintenance"
      isBusy={request.isBusy}
      error={request.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <p>The server leaves service at once. It returns when the work is done and its health is verified.</p>
      <Field label="What has to be done" error={errorOf('reason')}>
        {(wiring) => (
          <textarea {...wiring} rows={3} value={reason} onChange={(event) => setReason(event.target.value)} />
        )}
      </Field>
      <Field label="Done by" hint="In your own time zone." error={errorOf('endsAt')}>
        {(wiring) => (
          <input {...wiring} type="datetime-local" value={endsAt} onChange={(event) => setEndsAt(event.target.value)} />
        )}
      </Field>
    </FormDialog>
  );
}
