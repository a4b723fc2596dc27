import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { paths } from '../../api/paths.ts';
import { decommissionsQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Answered } from '../../ui/answered.tsx';
import { CopyText } from '../../ui/copy.tsx';
import { Empty } from '../../ui/empty.tsx';
import { PageLink } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { useUrlState } from '../../ui/url-state.ts';
import { DecommissionFacts } from '../parts/decommission-facts.tsx';

export function DecommissionsPage() {
  const may = useMay();
  const { after } = useUrlState('after');
  const ends = useQuery({ ...decommissionsQuery({ after }), placeholderData: keepPreviousData });
  return (
    <Page title="Decommissions" lead="Servers at their end, with the certificate that nothing is left on their drives.">
      <Answered query={ends}>
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty icon="server" title="No server has been proposed for its end">
              It is proposed on the server's own page.
            </Empty>
          ) : (
            <>
              <ul className="cards">
                {items.map((end) => (
                  <li key={end.id}>
                    <article className="card" aria-label={`Decommission of ${end.certificate?.serial ?? end.serverId}`}>
                      <div className="card-head">
                        <h2>{end.certificate?.serial ?? <CopyText text={end.serverId} label="server id" />}</h2>
                        {may('asset:read') && <PageLink to={paths.asset(end.serverId)}>Asset</PageLink>}
                        {may('saga:read') && <PageLink to={paths.saga(end.sagaId)}>Saga</PageLink>}
                      </div>
                      <DecommissionFacts decommission={end} />
                    </article>
                  </li>
                ))}
              </ul>
              <Pager
                next={next}
                isFirst={after === undefined}
                to={(cursor) => paths.decommissions({ after: cursor })}
              />
            </>
          )
        }
      </Answered>
    </Page>
  );
}
