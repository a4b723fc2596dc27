import { useEffect, useState } from 'react';
import type { ServerView } from '../../../../shared/domain/assets/assets.api.ts';
import { revealCredentials } from '../../api/acts.ts';
import { newKey } from '../../api/idempotency.ts';
import { useMay } from '../../api/session.ts';
import { announce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyText } from '../../ui/copy.tsx';
import { KeyValues } from '../../ui/key-values.tsx';
import { credentialsBlocked } from '../../ui/may-do.ts';
import { ProblemNote } from '../../ui/note.tsx';

type Revealed = Awaited<ReturnType<typeof revealCredentials>>;
const shownSeconds = 30;

/**
 * Shows the credentials for half a minute and then forgets them. They live in this component alone: in no cache, no
 * address and no storage. Each look is in the audit log.
 */
export function Credentials({ server }: { server: ServerView }) {
  const may = useMay();
  const [shown, setShown] = useState<Revealed>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const [left, setLeft] = useState(0);

  useEffect(() => {
    if (!shown) return undefined;
    setLeft(shownSeconds);
    const ticking = setInterval(() => setLeft((seconds) => seconds - 1), 1000);
    const hiding = setTimeout(() => {
      setShown(undefined);
      announce('The credentials are hidden again.');
    }, shownSeconds * 1000);
    return () => {
      clearInterval(ticking);
      clearTimeout(hiding);
    };
  }, [shown]);

  const reveal = async () => {
    setBusy(true);
    setError(undefined);
    await revealCredentials(server.id, newKey()).then(setShown, setError);
    setBusy(false);
  };

  if (shown) {
    return (
      <>
        <KeyValues
          of={{
            Address: shown.address && <CopyText text={shown.address} label="address" />,
            User: <CopyText text={shown.username} label="user name" />,
            Password: <CopyText text={shown.password} label="password" />,
          }}
        />
        <p className="soft">
          Hidden again in {left} s.{' '}
          <Button kind="quiet" onClick={() => setShown(undefined)}>
            Hide now
          </Button>
        </p>
      </>
    );
  }
  return (
    <>
      <p className="soft">
        For the server's management controller. They are shown for {shownSeconds} seconds, and each look is noted in the
        audit log.
      </p>
      {error ? <ProblemNote error={error} retry={() => void reveal()} /> : null}
      <Button isBusy={isBusy} disabledReason={credentialsBlocked(server.state, may)} onClick={() => void reveal()}>
        Show the credentials
      </Button>
    </>
  );
}
