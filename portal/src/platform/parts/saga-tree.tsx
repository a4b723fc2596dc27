import type { SagaDetail } from '../../../../shared/domain/sagas/sagas.api.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { Id } from '../../ui/copy.tsx';
import { When } from '../../ui/when.tsx';
import { count, words } from '../../ui/words.ts';
import { messageOf, treeOf, waitingFor, type Part, type StepView } from './saga-parts.ts';

/** A saga's steps and parts. Parts that are done are folded away; each can be opened. */
export const SagaTree = ({ saga }: { saga: SagaDetail }) => <PartBody part={treeOf(saga)} />;

function PartBody({ part }: { part: Part }) {
  if (part.children.length === 0) return <p className="soft">It has taken no step yet.</p>;
  return (
    <ol className="tree">
      {part.children.map((child) =>
        child.step ? (
          <StepRow key={`${child.step.sagaId} ${child.step.key}`} step={child.step} />
        ) : (
          <PartRow key={child.part.saga.id} part={child.part} />
        ),
      )}
    </ol>
  );
}

const takenBack = ({ children }: Part): number => children.filter(({ step }) => step?.state === 'undone').length;

const PartRow = ({ part }: { part: Part }) => (
  <li className="tree-part">
    <details open={part.saga.endedAt === null || part.saga.state !== 'done'}>
      <summary>
        <span className="tree-name">
          {words(part.saga.name)}
          {part.saga.serverId && (
            <>
              {' '}
              <Id id={part.saga.serverId} />
            </>
          )}
        </span>
        <StateBadge state={part.saga.state} />
        <span className="soft">
          {count(part.children.length, 'step')}
          {takenBack(part) > 0 && `, ${takenBack(part)} taken back`}
        </span>
      </summary>
      {part.saga.waitingFor && !part.children.some(({ step }) => step && waitingFor(step)) && (
        <p className="tree-waiting">
          Waiting for <strong>{part.saga.waitingFor}</strong>
        </p>
      )}
      <PartBody part={part} />
    </details>
  </li>
);

function StepRow({ step }: { step: StepView }) {
  const waits = waitingFor(step);
  const said = messageOf(step);
  return (
    <li className="tree-step" title={step.key}>
      <p>
        <span className="tree-name">{words(step.step)}</span>
        <StateBadge state={step.state} />
        {step.attempts > 1 && <span className="attempts">{count(step.attempts, 'attempt')}</span>}
        <span className="soft">
          <When at={step.updatedAt} />
        </span>
      </p>
      {waits ? (
        <p className="tree-waiting">
          Waiting for <strong>{waits}</strong>
        </p>
      ) : (
        said && step.state !== 'done' && <p className="soft">{said}</p>
      )}
    </li>
  );
}
