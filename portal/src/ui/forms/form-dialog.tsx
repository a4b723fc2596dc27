import type { FormEvent, ReactNode } from 'react';
import { Button, type ButtonProps } from '../button.tsx';
import { Dialog } from '../dialog.tsx';
import { ProblemNote } from '../note.tsx';

interface FormDialogProps {
  title: string;
  children: ReactNode;
  confirm: string;
  cancel?: string;
  kind?: ButtonProps['kind'];
  size?: ButtonProps['size'];
  isBusy: boolean;
  error: unknown;
  onSubmit: () => void;
  onClose: () => void;
}

/** A question with a few fields, and the two ways out of it. What went wrong is said above them. */
export function FormDialog({
  title,
  children,
  confirm,
  cancel = 'Not now',
  kind = 'primary',
  size,
  isBusy,
  error,
  onSubmit,
  onClose,
}: FormDialogProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <div className="dialog-body">
          {children}
          {error ? <ProblemNote error={error} /> : null}
        </div>
        <div className="dialog-foot">
          <Button size={size} onClick={onClose}>
            {cancel}
          </Button>
          <Button kind={kind} size={size} type="submit" isBusy={isBusy}>
            {confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
