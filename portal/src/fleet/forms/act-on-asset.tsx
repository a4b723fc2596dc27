import { useState, type ReactNode } from 'react';
import type { z } from 'zod';
import type { AssetAction, AssetDetail } from '../../../../shared/domain/assets/assets.api.ts';
import type { FindingView } from '../../../../shared/domain/validation/findings.api.ts';
import { actOnAsset } from '../../api/acts.ts';
import { useMay } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { ReasonDialog } from '../../ui/forms/reason-dialog.tsx';
import { useAct } from '../../ui/forms/use-act.ts';
import { words } from '../../ui/words.ts';

/** A difference that somebody answers for, so that the server goes on as it is. Nothing for whoever only looks on. */
export function WaiveFinding({ asset, finding }: { asset: AssetDetail; finding: FindingView }) {
  const may = useMay();
  if (finding.state !== 'open' || !may('asset:operate')) return null;
  const what = `${words(finding.kind).toLowerCase()}, ${finding.place}`;
  return (
    <Operate
      asset={asset}
      button="Waive"
      label={`Waive ${what}`}
      title="Let this finding stand?"
      confirm="Waive it"
      said="The finding is waived."
      action={(reason) => ({ action: 'waive-finding', findingId: finding.id, reason })}
    >
      <p>
        {words(finding.kind)}, {finding.place}: {finding.found} instead of {finding.expected}.
      </p>
      <p>The server goes on as if this was right, also when it is found again. It cannot be taken back.</p>
      {finding.kind === 'erase' && (
        <p>
          Say where the drive went: your words stand in the erase certificate. A drive that the BMC shows has to be
          erased all the same.
        </p>
      )}
    </Operate>
  );
}

/** A server that stood aside may be used again. */
export function ReleaseServer({ asset }: { asset: AssetDetail }) {
  const may = useMay();
  if (asset.condition !== 'quarantined') return null;
  return (
    <Operate
      asset={asset}
      button="Release from quarantine"
      title="Release this server?"
      confirm="Release it"
      said="The server is released."
      disabledReason={may('asset:operate') ? null : 'Your role only looks on.'}
      action={(reason) => ({ action: 'release', reason })}
    >
      <p>
        What waits for it goes on, and it may be given to a tenant again. Your reason is the evidence that what put it
        aside has been cleared up.
      </p>
    </Operate>
  );
}

interface OperateProps {
  asset: AssetDetail;
  button: string;
  /** The button's full name where it stands among others like it. */
  label?: string;
  title: string;
  confirm: string;
  said: string;
  disabledReason?: string | null;
  action: (reason: string) => z.input<typeof AssetAction>;
  /** What will happen. */
  children: ReactNode;
}

function Operate({ asset, button, label, title, confirm, said, disabledReason, action, children }: OperateProps) {
  const [isOpen, setOpen] = useState(false);
  const act = useAct((reason: string, key) => actOnAsset(asset.id, action(reason), key), {
    onDone: () => setOpen(false),
    said: () => said,
  });
  return (
    <>
      <Button aria-label={label} disabledReason={disabledReason} onClick={() => setOpen(true)}>
        {button}
      </Button>
      {isOpen && (
        <ReasonDialog
          title={title}
          confirm={confirm}
          isBusy={act.isBusy}
          error={act.error}
          onConfirm={act.run}
          onClose={() => {
            setOpen(false);
            act.forget();
          }}
        >
          {children}
        </ReasonDialog>
      )}
    </>
  );
}
