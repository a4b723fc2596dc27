import type { Phase } from '../../../../shared/domain/orders/orders.api.ts';
import { useAnnounceChange } from '../../ui/announcer.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { Due, When } from '../../ui/when.tsx';
import { list } from '../../ui/words.ts';

const icons = {
  done: 'check',
  current: 'going',
  next: 'next',
  'taking-back': 'undo',
  'to-take-back': 'next',
  'taken-back': 'undo',
  left: 'warning',
  'not-needed': 'quiet',
} as const satisfies Record<Phase['state'], IconName>;
const stateWords = {
  done: 'Done',
  current: 'Now',
  next: 'To come',
  'taking-back': 'Being taken back',
  'to-take-back': 'Still to be taken back',
  'taken-back': 'Taken back',
  left: 'Not taken back',
  'not-needed': 'Not needed',
} as const satisfies Record<Phase['state'], string>;

/** The seven parts of an order as a line from top to bottom. What changes while one looks is also said. */
export function OrderPhases({ phases }: { phases: readonly Phase[] }) {
  const now = phases.find(isNow);
  useAnnounceChange(now ? nowWords(now) : 'The order has ended.');
  return (
    <ol className="phases">
      {phases.map((phase) => (
        <li key={phase.name} className={`phase phase-${phase.state}`} aria-current={isNow(phase) ? 'step' : undefined}>
          <span className="phase-mark">
            <Icon name={isNow(phase) && phase.waitingFor.length > 0 ? 'waiting' : icons[phase.state]} />
          </span>
          <div className="phase-body">
            <p className="phase-line">
              <span className="phase-name">{phase.name}</span>
              <span className="phase-state">{stateWords[phase.state]}</span>
            </p>
            {isNow(phase) && <PhaseNow phase={phase} />}
            {phase.state === 'done' && phase.since && (
              <p className="soft">
                began <When at={phase.since} />
              </p>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

const isNow = ({ state }: Phase): boolean => state === 'current' || state === 'taking-back';
const nowWords = ({ name, state, waitingFor }: Phase): string =>
  `${stateWords[state]}: ${name}${waitingFor.length > 0 ? `, waiting for ${list(waitingFor)}` : ''}`;

const PhaseNow = ({ phase: { waitingFor, since, until } }: { phase: Phase }) => (
  <p>
    {waitingFor.length > 0 ? (
      <>
        Waiting for <strong>{list(waitingFor)}</strong>
      </>
    ) : (
      'Being worked on by the platform'
    )}
    {since && (
      <>
        , since <When at={since} />
      </>
    )}
    {until && (
      <span className="soft">
        , <Due at={until} />
      </span>
    )}
  </p>
);
