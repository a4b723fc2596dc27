import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SagaDetail } from '../../../../shared/domain/sagas/sagas.api.ts';
import { cancelSaga } from '../../api/acts.ts';
import { paths } from '../../api/paths.ts';
import { sagaHistoryQuery, sagaQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Entries } from '../../orders/parts/entries.tsx';
import { useAnnounceChange } from '../../ui/announcer.tsx';
import { Answered } from '../../ui/answered.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyText } from '../../ui/copy.tsx';
import { ReasonDialog } from '../../ui/forms/reason-dialog.tsx';
import { useAct } from '../../ui/forms/use-act.ts';
import { KeyValues } from '../../ui/key-values.tsx';
import { PageLink } from '../../ui/link.tsx';
import { Note } from '../../ui/note.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { ThingLink } from '../../ui/thing-link.tsx';
import { tone } from '../../ui/tones.ts';
import { useIdInPath } from '../../ui/url-state.ts';
import { Due, When } from '../../ui/when.tsx';
import { sentence, words } from '../../ui/words.ts';
import { cancelBlocked, cancelTarget, stuckIn } from '../parts/saga-parts.ts';
import { SagaTree } from '../parts/saga-tree.tsx';
import { StuckSaga } from '../parts/stuck-saga.tsx';

// A step's progress is in the saga's journal and makes no event of its own.
const pollMilliseconds = 5000;

export function SagaPage() {
  const id = useIdInPath();
  const saga = useQuery({
    ...sagaQuery(id),
    refetchInterval: ({ state: { data } }) => (data?.endedAt ? false : pollMilliseconds),
  });
  const isOver = saga.data?.endedAt !== null;
  const history = useQuery({ ...sagaHistoryQuery(id), refetchInterval: isOver ? false : pollMilliseconds });
  useAnnounceChange(saga.data && `The saga is ${saga.data.state}.`);
  const name = saga.data ? words(saga.data.name) : 'Saga';
  return (
    <Page
      title={name}
      parent={{ to: paths.sagas(), name: 'Sagas' }}
      heading={
        <>
          {name}
          {saga.data && <StateBadge state={saga.data.state} />}
        </>
      }
      actions={saga.data && <CancelButton saga={saga.data} />}
    >
      <Answered query={saga} rows={10}>
        {(detail) => (
          <>
            {stuckIn(detail).map((each) => (
              <StuckSaga key={each.id} saga={each} />
            ))}
            {detail.cancelRequested && !detail.endedReason && (
              <Note tone="waiting" title={`${detail.cancelRequested.by} asked to cancel it`}>
                <p>{detail.cancelRequested.reason}</p>
              </Note>
            )}
            {detail.endedReason && (
              <Note
                tone={detail.endedAt ? tone(detail.state) : 'waiting'}
                title={detail.endedAt ? `It is ${detail.state}` : 'It is being taken back'}
              >
                <p>{sentence(detail.endedReason)}</p>
              </Note>
            )}
            <div className="columns">
              <div>
                <Section title="Parts and steps">
                  <SagaTree saga={detail} />
                </Section>
              </div>
              <div>
                <SagaFacts saga={detail} />
                <Section title="Timeline">
                  <Answered query={history} rows={6}>
                    {({ items }) => <Entries entries={items} />}
                  </Answered>
                </Section>
              </div>
            </div>
          </>
        )}
      </Answered>
    </Page>
  );
}

function SagaFacts({ saga }: { saga: SagaDetail }) {
  return (
    <Section title="About it">
      <KeyValues
        of={{
          Saga: <CopyText text={saga.id} label="saga id" />,
          'Part of': saga.parentId && <PageLink to={paths.saga(saga.rootId)}>the whole story</PageLink>,
          Order: saga.orderId && <ThingLink of={{ orderId: saga.orderId }} />,
          Server: saga.serverId && <ThingLink of={{ serverId: saga.serverId }} />,
          Tenant: saga.tenantId,
          Datacenter: saga.datacenterId,
          'Waiting for': saga.waitingFor && (
            <>
              {saga.waitingFor}
              {saga.waitingUntil && (
                <>
                  , <Due at={saga.waitingUntil} />
                </>
              )}
            </>
          ),
          'No way back since': saga.pointOfNoReturn,
          Began: <When at={saga.startedAt} />,
          Ended: saga.endedAt && <When at={saga.endedAt} />,
        }}
      />
    </Section>
  );
}

function CancelButton({ saga }: { saga: SagaDetail }) {
  const may = useMay();
  const [isOpen, setOpen] = useState(false);
  const cancel = useAct((reason: string, key) => cancelSaga(cancelTarget(saga), reason, key), {
    onDone: () => setOpen(false),
    said: () => 'The saga is being taken back.',
  });
  if (!may('saga:operate') || saga.endedAt) return null;
  return (
    <>
      <Button kind="danger" disabledReason={cancelBlocked(saga)} onClick={() => setOpen(true)}>
        Cancel the saga
      </Button>
      {isOpen && (
        <ReasonDialog
          title="Cancel this saga?"
          confirm="Cancel the saga"
          isDanger
          isBusy={cancel.isBusy}
          error={cancel.error}
          onConfirm={cancel.run}
          onClose={() => {
            setOpen(false);
            cancel.forget();
          }}
        >
          <p>
            The whole story and all its parts are taken back, the newest step first. What needs a person to be taken
            back becomes a task.
          </p>
        </ReasonDialog>
      )}
    </>
  );
}
