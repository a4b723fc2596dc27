import { useQuery } from '@tanstack/react-query';
import type { AssetDetail } from '../../../../shared/domain/assets/assets.api.ts';
import { paths } from '../../api/paths.ts';
import { assetHistoryQuery, assetQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { AssetHealth } from '../../health/parts/asset-health.tsx';
import { AssetLog } from '../../health/parts/asset-log.tsx';
import { useAnnounceChange } from '../../ui/announcer.tsx';
import { Answered } from '../../ui/answered.tsx';
import { ConditionBadge, StateBadge } from '../../ui/badge.tsx';
import { CopyText, Id } from '../../ui/copy.tsx';
import { KeyValues } from '../../ui/key-values.tsx';
import { PageLink } from '../../ui/link.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { ThingLink } from '../../ui/thing-link.tsx';
import { useIdInPath } from '../../ui/url-state.ts';
import { Due, When } from '../../ui/when.tsx';
import { words } from '../../ui/words.ts';
import { ServerActions } from '../forms/server-actions.tsx';
import { AssetCondition } from '../parts/asset-condition.tsx';
import { AssetFacts } from '../parts/asset-facts.tsx';
import { AssetFindings } from '../parts/asset-findings.tsx';
import { AssetHistory } from '../parts/asset-history.tsx';
import { AssetProofs } from '../parts/asset-proofs.tsx';
import { Stages } from '../parts/stages.tsx';

/** What its management controller says comes without an event that would make the page stale. */
const readingsEvery = 60_000;

export function AssetPage() {
  const id = useIdInPath();
  const asset = useQuery({ ...assetQuery(id), refetchInterval: readingsEvery });
  const history = useQuery(assetHistoryQuery(id));
  useAnnounceChange(asset.data && `The server is ${words(asset.data.state).toLowerCase()}.`);
  return (
    <Page
      title={`Asset ${asset.data?.serial ?? id}`}
      parent={{ to: paths.assets(), name: 'Assets' }}
      actions={asset.data && <ServerActions server={asset.data} />}
      heading={
        <>
          {asset.data?.serial ?? <Id id={id} />}
          {asset.data && (
            <>
              <StateBadge state={asset.data.state} />
              <ConditionBadge condition={asset.data.condition} />
            </>
          )}
        </>
      }
    >
      <Answered query={asset} rows={10}>
        {(detail) => (
          <>
            <Stages stage={detail.stage} />
            <AssetCondition asset={detail} />
            <div className="columns">
              <div>
                <AssetFindings asset={detail} />
                {detail.disposition === null && <AssetHealth health={detail.health} />}
                <WhereItStands asset={detail} />
                <AssetFacts asset={detail} />
                {detail.health && <AssetLog serverId={detail.id} />}
              </div>
              <div>
                <AssetIdentity asset={detail} />
                <AssetProofs serverId={detail.id} />
                <Section title="History">
                  <Answered query={history} rows={6}>
                    {({ items }) => <AssetHistory entries={items} />}
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

function WhereItStands({ asset }: { asset: AssetDetail }) {
  return (
    <Section title="Where it stands">
      <KeyValues
        of={{
          State: (
            <>
              <StateBadge state={asset.state} /> since <When at={asset.stateSince} />
            </>
          ),
          Next: words(asset.next),
          'Up to': words(asset.owner),
          'To leave': asset.leaveBy ? <Due at={asset.leaveBy} lead="" /> : 'may rest here',
          'Ended as': asset.disposition && words(asset.disposition),
        }}
      />
    </Section>
  );
}

function AssetIdentity({ asset }: { asset: AssetDetail }) {
  const may = useMay();
  return (
    <Section title="Identity">
      <KeyValues
        of={{
          Asset: <CopyText text={asset.id} label="asset id" />,
          'Serial number': asset.serial && <CopyText text={asset.serial} label="serial number" />,
          Model: [asset.manufacturer, asset.model].filter(Boolean).join(' '),
          'Came as': words(asset.origin),
          Place: asset.rackName
            ? `${asset.datacenterId}, ${asset.rackName}, unit ${asset.rackUnit}`
            : asset.datacenterId,
          BMC: asset.bmcMac && (
            <>
              <code>{asset.bmcMac}</code>
              {asset.bmcAddress && (
                <>
                  {' '}
                  at <code>{asset.bmcAddress}</code>
                </>
              )}
            </>
          ),
          Ports: asset.macs.length > 0 && (
            <ul className="plain">
              {asset.macs.map((mac) => (
                <li key={mac}>
                  <code>{mac}</code>
                </li>
              ))}
            </ul>
          ),
          Tenant:
            asset.tenantId &&
            (may('server:read') ? <PageLink to={paths.server(asset.id)}>{asset.tenantId}</PageLink> : asset.tenantId),
          Order: asset.orderId && <ThingLink of={{ orderId: asset.orderId }} />,
          Sagas: may('saga:read') && <PageLink to={paths.sagas({ serverId: asset.id })}>Stories about it</PageLink>,
          'Known since': <When at={asset.createdAt} />,
        }}
      />
    </Section>
  );
}
