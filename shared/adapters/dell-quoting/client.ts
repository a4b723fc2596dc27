import { z } from 'zod';
import { clientCredentials, type ClientReach } from '../../kernel/http-client/client-credentials.ts';
import { createHttp } from '../../kernel/http-client/client.ts';
import { findOrCreate } from '../../kernel/http-client/find-or-create.ts';
import type { Quoting } from '../../ports/quoting.ts';
import { Converted, Order, Quote, Quotes, Refusal, Return, Token } from './contract.ts';
import { toNewQuote, toQuoteAnswer, toVendorOrder } from './map.ts';

/**
 * Dell's partner desk (contract.ts says how far its shape is known). Orders and returns are put under our own numbers;
 * quotes are looked up first.
 */
export function createDellQuoting(options: ClientReach): Quoting {
  const system = 'dell-quoting';
  const authentication = clientCredentials(options, {
    system,
    path: 'auth/oauth/v2/token',
    sendAs: 'form',
    token: Token,
  });
  const http = createHttp({ ...options, system, authentication });

  const quote = (ref: string) => `quoting/v1/quotes/${encodeURIComponent(ref)}`;
  const purchaseOrder = (poNumber: string) => `ordering/v1/purchase-orders/${encodeURIComponent(poNumber)}`;
  const findQuote = async (CustomerReference: string) =>
    (
      await http.send({
        method: 'GET',
        path: 'quoting/v1/quotes',
        query: { CustomerReference },
        answers: { 200: Quotes },
      })
    ).body.Quotes[0];

  return {
    vendor: 'dell',
    requestQuote: async (request) => {
      const create = async () =>
        (
          await http.send({
            method: 'POST',
            path: 'quoting/v1/quotes',
            body: toNewQuote(request),
            answers: { 201: Quote },
          })
        ).body;
      const { QuoteId } = await findOrCreate(() => findQuote(request.requestId), create);
      return { ref: QuoteId };
    },
    findQuote: async (requestId) => {
      const found = await findQuote(requestId);
      return found && { ref: found.QuoteId };
    },
    readQuote: async (ref) =>
      toQuoteAnswer((await http.send({ method: 'GET', path: quote(ref), answers: { 200: Quote } })).body),
    cancelQuote: async (ref) =>
      void (await http.send({
        method: 'POST',
        path: `${quote(ref)}/withdraw`,
        answers: { 200: z.unknown(), 404: z.unknown(), 409: Converted },
        repeatable: true,
      })),

    submitOrder: async ({ poNumber, quoteRef, deliverTo }) => {
      const answer = await http.send({
        method: 'PUT',
        path: purchaseOrder(poNumber),
        body: { QuoteId: quoteRef, Destination: deliverTo },
        answers: { 200: Order, 201: Order, 409: Refusal, 422: Refusal },
      });
      if (answer.status === 409 || answer.status === 422) return { outcome: 'refused', reason: answer.body.Error.Text };
      if (answer.body.Status === 'Cancelled')
        return { outcome: 'refused', reason: `Purchase order ${poNumber} has been cancelled.` };
      return { outcome: 'accepted', orderRef: answer.body.DellOrder };
    },
    readOrder: async (poNumber) => {
      const { status, body } = await http.send({
        method: 'GET',
        path: purchaseOrder(poNumber),
        answers: { 200: Order, 404: z.unknown() },
      });
      return status === 200 ? toVendorOrder(body) : { outcome: 'unknown' };
    },
    cancelOrder: async (poNumber, reason) => {
      const answer = await http.send({
        method: 'DELETE',
        path: purchaseOrder(poNumber),
        query: { reason },
        answers: { 202: z.unknown(), 404: z.unknown(), 409: Refusal },
      });
      return answer.status === 409 ? { outcome: 'too-late', reason: answer.body.Error.Text } : { outcome: 'cancelled' };
    },

    requestReturn: async ({ returnId, poNumber, serials, reason }) => {
      const body = { PurchaseOrder: poNumber, ServiceTags: serials, Reason: reason };
      const answer = await http.send({
        method: 'PUT',
        path: `returns/v1/requests/${encodeURIComponent(returnId)}`,
        body,
        answers: { 200: Return, 201: Return, 422: Refusal },
      });
      return answer.status === 422
        ? { outcome: 'refused', reason: answer.body.Error.Text }
        : { outcome: 'accepted', rmaNumber: answer.body.Authorization };
    },
  };
}
