import { useState } from 'react';
import type { SagaView } from '../../../../shared/domain/sagas/sagas.api.ts';
import { operateSaga, type SagaVerb } from '../../api/acts.ts';
import { useMay } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { ReasonDialog } from '../../ui/forms/reason-dialog.tsx';
import { useAct } from '../../ui/forms/use-act.ts';
import { Note } from '../../ui/note.tsx';
import { When } from '../../ui/when.tsx';
import { words } from '../../ui/words.ts';
import { decisionBlocked, heldStep } from './saga-parts.ts';

const choices = {
  retry: {
    button: 'Try the step again',
    title: 'Try the same step again?',
    confirm: 'Try again',
    explains: 'The step runs once more. Do this when what was in its way is gone.',
    said: 'It is tried again.',
  },
  resume: {
    button: 'Go on without it',
    title: 'Go on without this step?',
    confirm: 'Go on without it',
    explains:
      'The step counts as done although it was not. Your reason is the evidence: say who made sure that ' +
      'nothing is left behind, and how.',
    said: 'It goes on without the step.',
  },
  terminate: {
    button: 'Give up',
    title: 'Give up here?',
    confirm: 'Give up',
    explains: 'Nothing more is taken back. What is still held stays as it is, and somebody has to clear it by hand.',
    said: 'It was given up.',
  },
} as const satisfies Record<SagaVerb, object>;
const verbs = ['retry', 'resume', 'terminate'] as const satisfies readonly SagaVerb[];

/** A saga that could not go on alone: why, what it still holds, and the three ways out. */
export function StuckSaga({ saga }: { saga: SagaView }) {
  const may = useMay();
  const [verb, setVerb] = useState<SagaVerb | null>(null);
  const decide = useAct(
    ({ verb: which, reason }: { verb: SagaVerb; reason: string }, key) => operateSaga(saga.id, which, reason, key),
    {
      onDone: () => setVerb(null),
      said: (_output, { verb: which }) => choices[which].said,
    },
  );
  if (!saga.held) return null;
  const disabledReason = may('saga:operate') ? null : 'Your role only looks on.';
  return (
    <Note
      tone="bad"
      title={
        saga.engineEnd === null
          ? `${words(saga.name)} is stuck at ${words(saga.held.step).toLowerCase()}`
          : `${words(saga.name)} is dead: it cannot go on, only be taken back`
      }
    >
      <p>
        {saga.held.reason}.{' '}
        <span className="soft">
          Since <When at={saga.updatedAt} />.
        </span>
      </p>
      <p>{saga.held.steps.length > 0 ? 'Still held, the next to be taken back first:' : 'Nothing else is held.'}</p>
      {saga.held.steps.length > 0 && (
        <ul className="held">
          {saga.held.steps.map((step, index) => (
            <li key={`${index} ${step}`} title={step}>
              {words(heldStep(step))}
            </li>
          ))}
        </ul>
      )}
      <div className="note-actions">
        {verbs.map((each) => (
          <Button
            key={each}
            kind={each === 'retry' ? 'primary' : each === 'terminate' ? 'danger' : 'plain'}
            disabledReason={disabledReason ?? decisionBlocked(saga, each)}
            onClick={() => setVerb(each)}
          >
            {choices[each].button}
          </Button>
        ))}
      </div>
      {verb && (
        <ReasonDialog
          title={choices[verb].title}
          confirm={choices[verb].confirm}
          isDanger={verb === 'terminate'}
          isBusy={decide.isBusy}
          error={decide.error}
          onConfirm={(reason) => decide.run({ verb, reason })}
          onClose={() => {
            setVerb(null);
            decide.forget();
          }}
        >
          <p>{choices[verb].explains}</p>
        </ReasonDialog>
      )}
    </Note>
  );
}
