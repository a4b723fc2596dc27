import type { AssetDetail } from '../../../../shared/api/operations.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { Section } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';
import { count, words } from '../../ui/words.ts';
import { factRows } from './facts-summary.ts';

/** What was ordered beside what the machine says and what was measured on it. */
export const AssetFacts = ({ asset }: { asset: AssetDetail }) => (
  <Section title="Ordered, told and measured" flush>
    <Table label="Ordered, told and measured" rows={factRows(asset)} rowKey={({ what }) => what} columns={[
      { name: 'Part', show: ({ what }) => <strong>{what}</strong> },
      { name: 'Ordered', show: ({ ordered }) => ordered },
      { name: 'BMC says', show: ({ controller }) => controller },
      { name: 'Measured', show: ({ measured }) => measured },
    ]} />
  </Section>
);

type Finding = AssetDetail['findings'][number];

/** Differences that were found; nothing where there never was one. */
export function AssetFindings({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  const open = findings.filter(({ resolvedAt }) => resolvedAt === null).length;
  return (
    <Section title="Findings" flush aside={<span className="soft">{open === 0 ? 'all resolved' : `${count(open, 'finding')} open`}</span>}>
      <Table label="Findings" rows={findings} rowKey={({ id }) => id} columns={[
        { name: 'What', show: ({ kind, place }) => <>{words(kind)}<br /><span className="soft">{place}</span></> },
        { name: 'Expected', show: ({ expected }) => expected },
        { name: 'Found', show: ({ found }) => found },
        { name: 'Standing', show: ({ severity, resolvedAt }) => resolvedAt ? <StateBadge state="resolved" /> : <StateBadge state={severity} /> },
        { name: 'When', show: ({ foundAt, resolvedAt }) => <When at={resolvedAt ?? foundAt} /> },
      ]} />
    </Section>
  );
}
