import { Icon, toneIcons } from './icon.tsx';
import { tone, type Tone } from './tones.ts';
import { words } from './words.ts';

/** The state of anything, by word, shape and colour. */
export function StateBadge({ state, tone: as = tone(state) }: { state: string; tone?: Tone }) {
  return (
    <span className={`badge badge-${as}`} title={state}>
      <Icon name={toneIcons[as]} />
      {words(state)}
    </span>
  );
}

/** How a server does beside its state; nothing worth saying while it works. */
export const ConditionBadge = ({ condition }: { condition: string }) => (condition === 'working' ? null : <StateBadge state={condition} />);
