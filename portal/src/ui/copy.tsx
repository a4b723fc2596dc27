import { announce } from './announcer.tsx';
import { Icon } from './icon.tsx';
import { shortId } from './words.ts';

/** A text to be taken along: an id, a trace. Shown short, copied whole. */
export function CopyText({ text, label, shown = text }: { text: string; label: string; shown?: string }) {
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => announce(`Copied the ${label}.`),
      () => announce('The browser did not allow copying.'),
    );
  return (
    <span className="copy">
      <code title={text}>{shown}</code>
      <button type="button" className="copy-button" onClick={() => void copy()} aria-label={`Copy the ${label}`}>
        <Icon name="copy" />
      </button>
    </span>
  );
}

export const Id = ({ id }: { id: string }) => (
  <code className="id" title={id}>
    {shortId(id)}
  </code>
);
