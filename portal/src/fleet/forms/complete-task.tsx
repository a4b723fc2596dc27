import { useState } from 'react';
import type { z } from 'zod';
import type { CompleteTask, LineAnswer, TaskView } from '../../../../shared/domain/tasks/tasks.api.ts';
import { completeTask } from '../../api/acts.ts';
import { paths } from '../../api/paths.ts';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/forms/form-dialog.tsx';
import { useAct } from '../../ui/forms/use-act.ts';
import { useGo } from '../../ui/link.tsx';
import { inShort } from './line-answers.ts';

/** The second thought before work counts as done: what waits for it goes on at once. */
export function CompleteTaskDialog({
  task,
  answers = [],
  onClose,
}: {
  task: TaskView;
  answers?: readonly LineAnswer[];
  onClose: () => void;
}) {
  const [note, setNote] = useState('');
  const go = useGo();
  const complete = useAct((content: z.input<typeof CompleteTask>, key) => completeTask(task.id, content, key), {
    onDone: () => go(paths.tasks()),
    said: () => `Done: ${task.title}.`,
  });
  const submit = () =>
    complete.run({
      confirmed: true,
      ...(note.trim() !== '' && { note: note.trim() }),
      ...(answers.length > 0 && { answers: [...answers] }),
    });
  const wording = answers.some(({ outcome }) => outcome === 'not-fixed')
    ? { title: 'End it with work left over?', confirm: 'Yes, end it' }
    : { title: 'Is all of it done?', confirm: 'Yes, all done' };
  return (
    <FormDialog
      {...wording}
      cancel="Not yet"
      size="big"
      isBusy={complete.isBusy}
      error={complete.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <p>{task.title}. What waits for it goes on at once.</p>
      {answers.length > 0 && (
        <p>
          <strong>{inShort(answers)}</strong>
        </p>
      )}
      <Field label="Anything to note" isOptional>
        {(wiring) => (
          <textarea
            {...wiring}
            rows={2}
            maxLength={2000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
      </Field>
    </FormDialog>
  );
}
