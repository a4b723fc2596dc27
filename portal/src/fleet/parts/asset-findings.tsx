import type { AssetDetail } from '../../../../shared/domain/assets/assets.api.ts';
import type { FindingView } from '../../../../shared/domain/validation/findings.api.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { KeyValues } from '../../ui/key-values.tsx';
import { Section } from '../../ui/page.tsx';
import { ThingLink } from '../../ui/thing-link.tsx';
import { When } from '../../ui/when.tsx';
import { count, words } from '../../ui/words.ts';
import { WaiveFinding } from '../forms/act-on-asset.tsx';
import { outcomeName } from '../forms/line-answers.ts';

const weight = { major: 0, minor: 1, info: 2 } as const satisfies Record<FindingView['severity'], number>;

/**
 * Differences between what the server should be and what it is, the gravest first; what is settled is folded away.
 * Nothing where there never was one.
 */
export function AssetFindings({ asset }: { asset: AssetDetail }) {
  if (asset.findings.length === 0) return null;
  const open = asset.findings
    .filter(({ state }) => state === 'open')
    .sort((one, other) => weight[one.severity] - weight[other.severity]);
  const settled = asset.findings.filter(({ state }) => state !== 'open');
  return (
    <Section
      title="Findings"
      flush
      aside={<span className="soft">{open.length === 0 ? 'none open' : `${count(open.length, 'finding')} open`}</span>}
    >
      <List findings={open} asset={asset} />
      {settled.length > 0 && (
        <details className="settled">
          <summary>{count(settled.length, 'finding')} settled</summary>
          <List findings={settled} asset={asset} />
        </details>
      )}
    </Section>
  );
}

const List = ({ findings, asset }: { findings: readonly FindingView[]; asset: AssetDetail }) =>
  findings.length > 0 && (
    <ul className="findings">
      {findings.map((finding) => (
        <li key={finding.id}>
          <OneFinding finding={finding} asset={asset} />
        </li>
      ))}
    </ul>
  );

function OneFinding({ finding, asset }: { finding: FindingView; asset: AssetDetail }) {
  const { kind, severity, state, place, expected, found, hint, waiver, answer, taskId } = finding;
  return (
    <>
      <div className="finding-head">
        <h3>
          {words(kind)}: {place}
        </h3>
        <StateBadge state={state === 'open' ? severity : state} />
      </div>
      <KeyValues
        of={{
          Expected: expected,
          Found: found,
          Advice: state === 'open' && hint,
          Seen: (
            <>
              first <When at={finding.foundAt} />, last <When at={finding.seenAt} />
            </>
          ),
          Resolved: finding.resolvedAt && <When at={finding.resolvedAt} />,
          Waived: waiver && (
            <>
              {waiver.reason}
              <By {...waiver} />
            </>
          ),
          Task: taskId && <ThingLink of={{ taskId }} />,
          Answered: answer && (
            <>
              {outcomeName(answer.outcome)}
              {answer.note && `: ${answer.note}`}
              <By {...answer} />
            </>
          ),
        }}
      />
      <div className="finding-foot">
        <Evidence finding={finding} />
        <WaiveFinding asset={asset} finding={finding} />
      </div>
    </>
  );
}

const By = ({ by, at }: { by: string; at: string }) => (
  <span className="soft block">
    {by}, <When at={at} />
  </span>
);

const Evidence = ({ finding: { evidence, instruction } }: { finding: FindingView }) => (
  <details className="evidence">
    <summary>Evidence{instruction && ' and what a technician was asked to do'}</summary>
    <ul>
      {evidence.map(({ source, said, where }) => (
        <li key={`${source} ${said} ${where}`}>
          <strong>{words(source)}</strong>: {said}
          {where && <span className="soft block">{where}</span>}
        </li>
      ))}
      {instruction && (
        <li>
          <strong>Told a technician</strong>: {instruction}
        </li>
      )}
    </ul>
  </details>
);
