import { Icon, toneIcons } from './icon.tsx';
import { tone, type Tone } from './tones.ts';
import { words } from './words.ts';

/** The state of anything, by word, shape and colour. `name`: where the state's own word would be understood wrongly. */
export function StateBadge({
  state,
  tone: as = tone(state),
  name = words(state),
}: {
  state: string;
  tone?: Tone;
  name?: string;
}) {
  return (
    <span className={`badge badge-${as}`} title={state}>
      <Icon name={toneIcons[as]} />
      {name}
    </span>
  );
}

/** How a server does beside its state; nothing worth saying while it works. */
export const ConditionBadge = ({ condition }: { condition: string }) =>
  condition === 'working' ? null : <StateBadge state={condition} />;
