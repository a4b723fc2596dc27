import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { TaskView } from '../../../../shared/api/operations.ts';
import { claimTask } from '../../api/acts.ts';
import { taskQuery } from '../../api/queries.ts';
import { useMay, useMe } from '../../api/session.ts';
import { CompleteTaskDialog } from '../../forms/complete-task.tsx';
import { useAct } from '../../forms/use-act.ts';
import { paths } from '../../paths.ts';
import { Answered } from '../../ui/answered.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { KeyValues } from '../../ui/key-values.tsx';
import { PageLink } from '../../ui/link.tsx';
import { Note, ProblemNote } from '../../ui/note.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { ThingLink } from '../../ui/thing-link.tsx';
import { useIdInPath } from '../../ui/url-state.ts';
import { Due, When } from '../../ui/when.tsx';

export function TaskPage() {
  const id = useIdInPath();
  const task = useQuery(taskQuery(id));
  return (
    <Page title={task.data?.title ?? 'Task'} parent={{ to: paths.tasks(), name: 'Tasks' }}>
      <Answered query={task} rows={6}>{(detail) => <TaskBody task={detail} />}</Answered>
    </Page>
  );
}

function TaskBody({ task }: { task: TaskView }) {
  const may = useMay();
  const isOpen = task.state === 'open' || task.state === 'claimed';
  return (
    <div className="narrow">
      {task.state === 'done' && <Note tone="good" title={`Done by ${task.completedBy ?? 'somebody'}`} role="status"><p><When at={task.updatedAt} /></p></Note>}
      {task.state === 'cancelled' && <Note tone="quiet" title="This task was called off" role="status"><p>There is nothing to do any more.</p></Note>}
      <Section title="Steps">
        <ol className="steps">{task.instructions.map((text) => <li key={text}>{text}</li>)}</ol>
      </Section>
      {isOpen && may('task:work') && <NextAction task={task} />}
      <Section title="About this task">
        <KeyValues of={{
          'State': <StateBadge state={task.state} />,
          'Due': isOpen && <Due at={task.dueAt} lead="" />,
          'Taken by': task.claimedBy,
          'Datacenter': task.datacenterId,
          'Server': task.serverId && <ThingLink id={task.serverId} />,
          'Order': task.orderId && <ThingLink id={task.orderId} />,
          'Asked': <When at={task.createdAt} />,
        }} />
      </Section>
    </div>
  );
}

/** One big next action, within reach of the thumb. */
function NextAction({ task }: { task: TaskView }) {
  const me = useMe();
  const [isCompleting, setCompleting] = useState(false);
  const claim = useAct((id: string, key) => claimTask(id, key), { said: () => 'The task is yours.' });
  const isMine = task.claimedBy === me.name;
  // A technician does not end what a colleague is at; ops may.
  const isTaken = task.claimedBy !== null && !isMine && me.datacenterIds.length > 0;
  return (
    <div className="next-action">
      {claim.error ? <ProblemNote error={claim.error} /> : null}
      {task.state === 'open' && <Button kind="primary" size="big" isBusy={claim.isBusy} onClick={() => claim.run(task.id)}>Take this task</Button>}
      {task.state === 'claimed' && task.shipmentId !== null && <PageLink className="button button-primary button-big" to={paths.shipment(task.shipmentId)}>Scan the machines</PageLink>}
      {task.state === 'claimed' && task.shipmentId === null && <Button kind="primary" size="big" disabledBecause={isTaken ? `${task.claimedBy} is at it.` : null} onClick={() => setCompleting(true)}>It is done</Button>}
      {isCompleting && <CompleteTaskDialog task={task} onClose={() => setCompleting(false)} />}
    </div>
  );
}
