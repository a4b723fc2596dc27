import { stages } from '../../../../shared/lifecycle/states.ts';
import { words } from '../../ui/words.ts';

/** Where in its life a server is. */
export const Stages = ({ stage }: { stage: string }) => (
  <ol className="stages" aria-label="Stage of life">
    {stages.map((each) => (
      <li key={each} aria-current={each === stage ? 'step' : undefined}>
        {words(each)}
      </li>
    ))}
  </ol>
);
