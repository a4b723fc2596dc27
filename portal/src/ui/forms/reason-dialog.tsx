import { useState, type ReactNode } from 'react';
import { OperateSaga } from '../../../../shared/domain/sagas/sagas.api.ts';
import { Field } from '../field.tsx';
import { check } from './check.ts';
import { FormDialog } from './form-dialog.tsx';

interface ReasonDialogProps {
  title: string;
  /** What will happen. */
  children: ReactNode;
  confirm: string;
  isDanger?: boolean;
  isBusy: boolean;
  error: unknown;
  onConfirm: (reason: string) => void;
  onClose: () => void;
}

/** Asks for the reason that the audit log will keep, and for a second thought. */
export function ReasonDialog({ children, isDanger = false, onConfirm, ...rest }: ReasonDialogProps) {
  const [reason, setReason] = useState('');
  const [isTried, setTried] = useState(false);
  const checked = check(OperateSaga, { reason });
  const submit = () => {
    setTried(true);
    if (checked.value) onConfirm(checked.value.reason);
  };
  return (
    <FormDialog {...rest} kind={isDanger ? 'danger' : 'primary'} onSubmit={submit}>
      {children}
      <Field
        label="Reason"
        hint="Kept in the audit log, under your name."
        error={isTried ? checked.errors['reason'] : undefined}
      >
        {(wiring) => (
          <textarea {...wiring} rows={3} value={reason} onChange={(event) => setReason(event.target.value)} />
        )}
      </Field>
    </FormDialog>
  );
}
