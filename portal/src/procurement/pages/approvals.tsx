import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ApprovalView } from '../../../../shared/domain/approvals/approvals.api.ts';
import { paths } from '../../api/paths.ts';
import { approvalsQuery } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { Answered } from '../../ui/answered.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { useUrlState } from '../../ui/url-state.ts';
import { When } from '../../ui/when.tsx';
import { words } from '../../ui/words.ts';
import { ApprovalCard } from '../parts/approval-card.tsx';

export function ApprovalsPage() {
  const may = useMay();
  const { after } = useUrlState('after');
  const open = useQuery(approvalsQuery({ state: 'open' }));
  const all = useQuery({ ...approvalsQuery({ after }), placeholderData: keepPreviousData });
  const decides = may('purchase:decide') || may('decommission:decide');
  return (
    <Page title="Approvals" lead={decides ? undefined : 'You see what waits for a decision; others decide.'}>
      <Answered query={open} rows={6}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="check" title="Nothing waits for a decision">
              {decides && 'You are done. What comes next appears here by itself.'}
            </Empty>
          ) : (
            <ul className="cards">
              {items.map((approval) => (
                <li key={approval.id}>
                  <ApprovalCard approval={approval} />
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
      <Section title="Decided" flush>
        <Answered query={all}>
          {({ items, next }) => {
            const decided = items.filter(({ state }) => state !== 'open');
            return (
              <>
                {decided.length === 0 ? (
                  <p className="soft padded">Nothing has been decided yet.</p>
                ) : (
                  <Table label="Decided approvals" columns={columns} rows={decided} rowKey={({ id }) => id} />
                )}
                <Pager next={next} isFirst={after === undefined} to={(cursor) => paths.approvals({ after: cursor })} />
              </>
            );
          }}
        </Answered>
      </Section>
    </Page>
  );
}

const columns: readonly Column<ApprovalView>[] = [
  { name: 'What', show: ({ summary }) => summary },
  { name: 'Kind', show: ({ kind }) => words(kind) },
  { name: 'Decision', show: ({ state }) => <StateBadge state={state} /> },
  { name: 'By', show: ({ decidedBy }) => (decidedBy === 'rule' ? 'by rule' : decidedBy) },
  { name: 'Reason', show: ({ reason, policy }) => reason ?? <span className="soft">{policy}</span> },
  { name: 'When', show: ({ decidedAt }) => decidedAt && <When at={decidedAt} /> },
];
