import type { Step } from '../../shared/saga/step.ts';
import { awaitPurchaseDecision } from './await-purchase-decision.ts';
import { awaitShipNotice } from './await-ship-notice.ts';
import { chooseQuote } from './choose-quote.ts';
import { collectQuotes } from './collect-quotes.ts';
import { declineOtherQuotes } from './decline-other-quotes.ts';
import { placePurchase } from './place-purchase.ts';
import { planPurchase } from './plan-purchase.ts';
import { requestApproval } from './request-approval.ts';
import { requestQuote } from './request-quote.ts';

export const procurementSteps: readonly Step[] = [
  planPurchase,
  requestQuote,
  collectQuotes,
  chooseQuote,
  requestApproval,
  awaitPurchaseDecision,
  placePurchase,
  declineOtherQuotes,
  awaitShipNotice,
];
