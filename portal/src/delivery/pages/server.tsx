import { useQuery } from '@tanstack/react-query';
import type { ServerView } from '../../../../shared/domain/assets/assets.api.ts';
import { paths } from '../../api/paths.ts';
import { approvalsQuery, decommissionsQuery, serverQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { DecommissionFacts } from '../../decommissioning/parts/decommission-facts.tsx';
import { ServerActions } from '../../fleet/forms/server-actions.tsx';
import { partNames, parts } from '../../orders/forms/presets.ts';
import { DecideApprovalForm } from '../../procurement/forms/decide-approval.tsx';
import { Answered } from '../../ui/answered.tsx';
import { ConditionBadge, StateBadge } from '../../ui/badge.tsx';
import { CopyText, Id } from '../../ui/copy.tsx';
import { KeyValues } from '../../ui/key-values.tsx';
import { PageLink } from '../../ui/link.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { ThingLink } from '../../ui/thing-link.tsx';
import { useIdInPath } from '../../ui/url-state.ts';
import { Due, When } from '../../ui/when.tsx';
import { Credentials } from '../parts/credentials.tsx';

export function ServerPage() {
  const id = useIdInPath();
  const server = useQuery(serverQuery(id));
  const name = server.data?.serial ?? id;
  return (
    <Page
      title={`Server ${name}`}
      parent={{ to: paths.servers(), name: 'Servers' }}
      actions={server.data && <ServerActions server={server.data} />}
      heading={
        <>
          {server.data?.serial ?? <Id id={id} />}
          {server.data && (
            <>
              <StateBadge state={server.data.state} />
              <ConditionBadge condition={server.data.condition} />
            </>
          )}
        </>
      }
    >
      <Answered query={server} rows={8}>
        {(detail) => (
          <div className="columns">
            <div>
              <Proposal serverId={id} />
              <Section title="What it is">
                <KeyValues
                  of={{
                    Manufacturer: detail.manufacturer,
                    Model: detail.model,
                    ...Object.fromEntries(parts.map((part) => [partNames[part], detail.config[part]])),
                  }}
                />
              </Section>
              <Section title="Management credentials">
                <Credentials server={detail} />
              </Section>
            </div>
            <div>
              <ServerFacts server={detail} />
              <Ends serverId={id} />
            </div>
          </div>
        )}
      </Answered>
    </Page>
  );
}

function ServerFacts({ server }: { server: ServerView }) {
  const may = useMay();
  return (
    <Section title="Where it stands">
      <KeyValues
        of={{
          Since: <When at={server.stateSince} />,
          Datacenter: server.datacenterId,
          Tenant: server.tenantId,
          Server: <CopyText text={server.id} label="server id" />,
          Order: server.orderId && <ThingLink of={{ orderId: server.orderId }} />,
          Asset: may('asset:read') && <PageLink to={paths.asset(server.id)}>See all that is known of it</PageLink>,
        }}
      />
    </Section>
  );
}

/** An open question whether this server should end. */
function Proposal({ serverId }: { serverId: string }) {
  const may = useMay();
  const approvals = useQuery({ ...approvalsQuery({ state: 'open' }), enabled: may('approval:read') });
  const approval = approvals.data?.items.find((each) => each.serverId === serverId);
  if (!approval) return null;
  return (
    <Section title="Should this server end?" aside={<Due at={approval.dueAt} lead="decide" />}>
      <p>
        {approval.summary}. Proposed by {approval.requestedBy}, <When at={approval.requestedAt} />. If you approve, your
        access ends and every drive is erased; nobody can take that back.
      </p>
      {approval.decisionBlockedReason === null ? (
        <DecideApprovalForm approval={approval} />
      ) : (
        <p className="why">{approval.decisionBlockedReason}</p>
      )}
    </Section>
  );
}

function Ends({ serverId }: { serverId: string }) {
  const may = useMay();
  const ends = useQuery({ ...decommissionsQuery({ serverId }), enabled: may('decommission:read') });
  if (!ends.data || ends.data.items.length === 0) return null;
  return (
    <Section title="Decommissions">
      {ends.data.items.map((end) => (
        <DecommissionFacts key={end.id} decommission={end} />
      ))}
    </Section>
  );
}
