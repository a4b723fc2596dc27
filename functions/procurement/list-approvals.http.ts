import { z } from 'zod';
import { approvalView } from '../../shared/access/approval-views.ts';
import { ApprovalView } from '../../shared/domain/approvals/approvals.api.ts';
import { listApprovals as readApprovals } from '../../shared/domain/approvals/approvals.db.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';
import { cut, page, PageQuery } from '../../shared/http/paging.ts';

export const listApprovals = httpFunction({
  name: 'list-approvals',
  route: 'GET /v1/approvals',
  summary: 'What waits for a decision, or was decided.',
  query: PageQuery.extend({ state: z.enum(['open', 'approved', 'rejected', 'withdrawn']).optional() }),
  answer: page(ApprovalView),
  allow: ({ caller }) => caller.may('approval:read'),
  handle: async ({ caller, query }, { db }) => {
    const tenantId = caller.tenantFilter('approval:read');
    // A tenant decides on the end of its servers; what a purchase costs us is not its business.
    const approvals = await readApprovals(db, {
      ...query,
      tenantId,
      kind: tenantId === undefined ? undefined : 'decommission',
      limit: query.limit + 1,
    });
    return ok(
      cut(
        approvals.map((each) => approvalView(caller, each)),
        query.limit,
        ({ id }) => id,
      ),
    );
  },
});
