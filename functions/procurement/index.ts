import type { Area } from '../../shared/http/area.ts';
import { decideApproval } from './decide-approval.http.ts';
import { listApprovals } from './list-approvals.http.ts';
import { listQuotes } from './list-quotes.http.ts';
import { readPurchase } from './read-purchase.http.ts';

export const procurement: Area = { endpoints: [decideApproval, listApprovals, listQuotes, readPurchase] };
