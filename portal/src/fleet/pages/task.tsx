import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { MeView } from '../../../../shared/access/me.api.ts';
import type { TaskView } from '../../../../shared/domain/tasks/tasks.api.ts';
import { claimTask } from '../../api/acts.ts';
import { paths } from '../../api/paths.ts';
import { taskQuery } from '../../api/queries.ts';
import { useMay, useMe } from '../../api/session.ts';
import { Answered } from '../../ui/answered.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { useAct } from '../../ui/forms/use-act.ts';
import { KeyValues } from '../../ui/key-values.tsx';
import { PageLink } from '../../ui/link.tsx';
import { Note, ProblemNote } from '../../ui/note.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { ThingLink } from '../../ui/thing-link.tsx';
import { useIdInPath } from '../../ui/url-state.ts';
import { Due, When } from '../../ui/when.tsx';
import { CompleteTaskDialog } from '../forms/complete-task.tsx';
import { answersOf, keepDraft, readDraft, unanswered, type Draft } from '../forms/line-answers.ts';
import { TaskLines } from '../forms/task-lines.tsx';

export function TaskPage() {
  const id = useIdInPath();
  const task = useQuery(taskQuery(id));
  return (
    <Page title={task.data?.title ?? 'Task'} parent={{ to: paths.tasks(), name: 'Tasks' }}>
      <Answered query={task} rows={6}>
        {(detail) => <TaskBody task={detail} />}
      </Answered>
    </Page>
  );
}

function TaskBody({ task }: { task: TaskView }) {
  const may = useMay();
  const me = useMe();
  const [draft, setDraft] = useState(() => readDraft(task.id));
  const answer = (line: string, given: Draft[string]) => {
    const next = { ...draft, [line]: given };
    setDraft(next);
    keepDraft(task.id, next);
  };
  const isOpen = task.state === 'open' || task.state === 'claimed';
  const steps = task.instructions.filter((text) => !task.lines.some((line) => line.text === text));
  return (
    <div className="narrow">
      {task.state === 'done' && (
        <Note tone="good" title={`Done by ${task.completedBy ?? 'somebody'}`} role="status">
          <p>
            {task.result?.note} <When at={task.updatedAt} />
          </p>
        </Note>
      )}
      {task.state === 'cancelled' && (
        <Note tone="quiet" title="This task was called off" role="status">
          <p>There is nothing to do any more.</p>
        </Note>
      )}
      <Section title="Steps">
        <ol className="steps">
          {steps.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ol>
      </Section>
      <TaskLines
        task={task}
        draft={draft}
        onAnswer={task.state === 'claimed' && may('task:work') && !isTaken(task, me) ? answer : undefined}
      />
      {isOpen && may('task:work') && <NextAction task={task} draft={draft} />}
      <Section title="About this task">
        <KeyValues
          of={{
            State: <StateBadge state={task.state} />,
            Due: isOpen && <Due at={task.dueAt} lead="" />,
            'Taken by': task.claimedBy,
            Place: task.rackName ? `${task.datacenterId}, ${task.rackName}, unit ${task.rackUnit}` : task.datacenterId,
            Server: task.serverId && <ThingLink of={{ serverId: task.serverId }} />,
            Order: task.orderId && <ThingLink of={{ orderId: task.orderId }} />,
            Asked: <When at={task.createdAt} />,
          }}
        />
      </Section>
    </div>
  );
}

/** A technician does not end what a colleague is at; ops may. */
const isTaken = ({ claimedById }: TaskView, me: MeView): boolean =>
  claimedById !== null && claimedById !== me.id && me.datacenterIds.length > 0;

/** One big next action, within reach of the thumb. */
function NextAction({ task, draft }: { task: TaskView; draft: Draft }) {
  const me = useMe();
  const [isCompleting, setCompleting] = useState(false);
  const claim = useAct((id: string, key) => claimTask(id, key), { said: () => 'The task is yours.' });
  return (
    <div className="next-action">
      {claim.error ? <ProblemNote error={claim.error} /> : null}
      {task.state === 'open' && (
        <Button kind="primary" size="big" isBusy={claim.isBusy} onClick={() => claim.run(task.id)}>
          Take this task
        </Button>
      )}
      {task.state === 'claimed' && task.shipmentId !== null && (
        <PageLink className="button button-primary button-big" to={paths.shipment(task.shipmentId)}>
          Scan the machines
        </PageLink>
      )}
      {task.state === 'claimed' && task.shipmentId === null && (
        <Button
          kind="primary"
          size="big"
          disabledReason={isTaken(task, me) ? `${task.claimedBy} is at it.` : unanswered(task, draft)}
          onClick={() => setCompleting(true)}
        >
          It is done
        </Button>
      )}
      {isCompleting && (
        <CompleteTaskDialog task={task} answers={answersOf(task, draft)} onClose={() => setCompleting(false)} />
      )}
    </div>
  );
}
