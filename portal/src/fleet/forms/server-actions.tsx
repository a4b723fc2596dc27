import { useState } from 'react';
import type { ServerView } from '../../../../shared/domain/assets/assets.api.ts';
import { useMay } from '../../api/session.ts';
import { ProposeDecommissionDialog } from '../../decommissioning/forms/propose-decommission.tsx';
import { RequestMaintenanceDialog } from '../../operations/forms/request-maintenance.tsx';
import { Button } from '../../ui/button.tsx';
import { blocked } from '../../ui/may-do.ts';

/** What may be asked for a server by its tenant or by ops; nothing for whoever only looks on. */
export function ServerActions({ server }: { server: Pick<ServerView, 'id' | 'serial' | 'state'> }) {
  const may = useMay();
  const [open, setOpen] = useState<'maintain' | 'decommission' | null>(null);
  if (!may('maintenance:request') && !may('decommission:propose')) return null;
  return (
    <>
      <Button disabledReason={blocked('maintain', server.state, may)} onClick={() => setOpen('maintain')}>
        Request maintenance
      </Button>
      <Button
        kind="danger"
        disabledReason={blocked('decommission', server.state, may)}
        onClick={() => setOpen('decommission')}
      >
        Decommission
      </Button>
      {open === 'maintain' && <RequestMaintenanceDialog server={server} onClose={() => setOpen(null)} />}
      {open === 'decommission' && <ProposeDecommissionDialog server={server} onClose={() => setOpen(null)} />}
    </>
  );
}
