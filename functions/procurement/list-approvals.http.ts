import { approvalView } from '../../shared/access/approval-views.ts';
import { approvalsApi } from '../../shared/domain/approvals/approvals.api.ts';
import { listApprovals as readApprovals } from '../../shared/domain/approvals/approvals.db.ts';
import { httpFunction } from '../../shared/http/http-function.ts';
import { ok } from '../../shared/http/reply.ts';
import { cut } from '../../shared/kernel/api/paging.ts';

export const listApprovals = httpFunction(approvalsApi.list, async ({ caller, query }, { db }) => {
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
});
