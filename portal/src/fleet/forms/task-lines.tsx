import type { TaskView } from '../../../../shared/domain/tasks/tasks.api.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { Choice, Field } from '../../ui/field.tsx';
import { KeyValues } from '../../ui/key-values.tsx';
import { Section } from '../../ui/page.tsx';
import { outcomeName, outcomes, type Draft } from './line-answers.ts';

interface TaskLinesProps {
  task: TaskView;
  draft: Draft;
  /** Absent for whoever only reads them. */
  onAnswer: ((line: string, answer: Draft[string]) => void) | undefined;
}

/** What has to be done one by one: where, what should be there, what was found instead, and what became of it. */
export function TaskLines({ task, draft, onAnswer }: TaskLinesProps) {
  if (task.lines.length === 0) return null;
  return (
    <Section title="To put right" flush>
      <ol className="findings">
        {task.lines.map((line) => (
          <li key={line.id}>
            <Line line={line} />
            {onAnswer ? (
              <AnswerLine line={line} given={draft[line.id]} onAnswer={(answer) => onAnswer(line.id, answer)} />
            ) : (
              <Answered line={line.id} task={task} />
            )}
          </li>
        ))}
      </ol>
    </Section>
  );
}

function Line({ line: { place, text, expected, found, hint } }: { line: TaskView['lines'][number] }) {
  if (place === undefined || expected === undefined) return <p>{text}</p>;
  return (
    <>
      <h3 className="finding-place">{place}</h3>
      <KeyValues of={{ 'Should be': <strong>{expected}</strong>, 'Was found': found, Advice: hint }} />
    </>
  );
}

function AnswerLine({
  line,
  given,
  onAnswer,
}: {
  line: TaskView['lines'][number];
  given: Draft[string] | undefined;
  onAnswer: (answer: Draft[string]) => void;
}) {
  const name = line.place ?? line.text;
  return (
    <>
      <Choice
        label={`What became of ${name}?`}
        value={given?.outcome}
        options={outcomes}
        onChange={(outcome) => onAnswer({ outcome, note: given?.note ?? '' })}
      />
      {given && (
        <Field
          label={given.outcome === 'not-fixed' ? 'Why not' : 'Anything to note'}
          hint={given.outcome === 'not-fixed' && 'Somebody decides by it what to do.'}
          isOptional={given.outcome !== 'not-fixed'}
        >
          {(wiring) => (
            <input
              {...wiring}
              maxLength={2000}
              value={given.note}
              onChange={(event) => onAnswer({ ...given, note: event.target.value })}
            />
          )}
        </Field>
      )}
    </>
  );
}

function Answered({ line, task: { result } }: { line: string; task: TaskView }) {
  const answer = result?.answers?.find((each) => each.line === line);
  return answer ? (
    <p>
      <StateBadge state={answer.outcome} name={outcomeName(answer.outcome)} /> {answer.note}
    </p>
  ) : null;
}
