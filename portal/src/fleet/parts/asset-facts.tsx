import type { AssetDetail } from '../../../../shared/domain/assets/assets.api.ts';
import { Section } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';
import { factRows } from './facts-summary.ts';

/** What was ordered beside what the machine says and what was measured on it. */
export const AssetFacts = ({ asset }: { asset: AssetDetail }) => (
  <Section title="Ordered, reported and measured" flush>
    <Table
      label="Ordered, reported and measured"
      rows={factRows(asset)}
      rowKey={({ what }) => what}
      columns={[
        { name: 'Part', show: ({ what }) => <strong>{what}</strong> },
        { name: 'Ordered', show: ({ ordered }) => ordered },
        { name: 'BMC says', show: ({ controller }) => controller },
        { name: 'Measured', show: ({ measured }) => measured },
      ]}
    />
  </Section>
);
