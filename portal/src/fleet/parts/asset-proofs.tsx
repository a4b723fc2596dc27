import { useQuery } from '@tanstack/react-query';
import type { ProofView } from '../../../../shared/domain/proofs/proofs.api.ts';
import { paths } from '../../api/paths.ts';
import { assetProofsQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Answered } from '../../ui/answered.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { PageLink } from '../../ui/link.tsx';
import { Section } from '../../ui/page.tsx';
import { When } from '../../ui/when.tsx';
import { count, words } from '../../ui/words.ts';

/** What was proved of a server and what showed it; what no longer counts is folded away, struck through, with why. */
export function AssetProofs({ serverId }: { serverId: string }) {
  const proofs = useQuery(assetProofsQuery(serverId));
  return (
    <Section title="Proofs" flush>
      <Answered query={proofs} rows={4}>
        {({ items }) => <Proofs proofs={items} />}
      </Answered>
    </Section>
  );
}

function Proofs({ proofs }: { proofs: readonly ProofView[] }) {
  const live = proofs.filter(({ voided }) => voided === null);
  const voided = proofs.filter((proof) => proof.voided !== null);
  return (
    <>
      {live.length === 0 && <p className="soft padded">Nothing is proved that counts now.</p>}
      <List proofs={live} />
      {voided.length > 0 && (
        <details className="settled">
          <summary>{count(voided.length, 'proof')} voided</summary>
          <List proofs={voided} />
        </details>
      )}
    </>
  );
}

const List = ({ proofs }: { proofs: readonly ProofView[] }) =>
  proofs.length > 0 && (
    <ul className="findings">
      {proofs.map((proof) => (
        <li key={proof.id}>
          <OneProof proof={proof} />
        </li>
      ))}
    </ul>
  );

function OneProof({ proof: { kind, madeAt, madeBy, sagaId, summary, voided } }: { proof: ProofView }) {
  const may = useMay();
  return (
    <>
      <div className="finding-head">
        <h3>{voided ? <del>{words(kind)}</del> : words(kind)}</h3>
        <StateBadge state={voided ? 'voided' : 'proved'} tone={voided ? 'quiet' : 'good'} />
      </div>
      {summary && <p>{voided ? <del>{summary}</del> : summary}</p>}
      <p className="soft">
        <When at={madeAt} />
        {madeBy && ', by '}
        {madeBy && (sagaId && may('saga:read') ? <PageLink to={paths.saga(sagaId)}>{madeBy}</PageLink> : madeBy)}
      </p>
      {voided && (
        <p>
          Voided: {voided.reason}
          <span className="soft block">
            {voided.by}, <When at={voided.at} />
          </span>
        </p>
      )}
    </>
  );
}
