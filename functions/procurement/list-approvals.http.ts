import { z } from 'zod';
import { ApprovalView } from '../../shared/api/orders.ts';
import { cut, page, PageQuery } from '../../shared/api/paging.ts';
import { approvalView } from '../../shared/api/project.ts';
import { listApprovals as readApprovals } from '../../shared/db/procurement.ts';
import { httpFunction, ok } from '../../shared/http/http-function.ts';

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
