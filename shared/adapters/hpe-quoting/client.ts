import { z } from 'zod';
import { clientCredentials, type ClientReach } from '../../kernel/http-client/client-credentials.ts';
import { createHttp } from '../../kernel/http-client/client.ts';
import { findOrCreate } from '../../kernel/http-client/find-or-create.ts';
import type { Quoting } from '../../ports/quoting.ts';
import {
  AlreadyOrdered,
  Order,
  Orders,
  QuoteRequest,
  QuoteRequests,
  Refusal,
  Return,
  Returns,
  Token,
} from './contract.ts';
import { reasonOf, toQuoteAnswer, toRequest, toVendorOrder } from './map.ts';

type Decided<Made extends object> = ({ outcome: 'accepted' } & Made) | { outcome: 'refused'; reason: string };

/**
 * HPE's partner desk (contract.ts says how far its shape is known). Everything is looked up by our own number before it
 * is made.
 */
export function createHpeQuoting(options: ClientReach): Quoting {
  const system = 'hpe-quoting';
  const authentication = clientCredentials(options, {
    system,
    path: 'oauth2/token',
    sendAs: 'basic',
    scope: 'quoting ordering',
    token: Token,
  });
  const http = createHttp({ ...options, system, authentication });

  const findQuote = async (clientReference: string) =>
    (
      await http.send({
        method: 'GET',
        path: 'api/v2/quote-requests',
        query: { clientReference },
        answers: { 200: QuoteRequests },
      })
    ).body.items[0];
  const readQuote = async (id: string) =>
    (
      await http.send({
        method: 'GET',
        path: `api/v2/quote-requests/${encodeURIComponent(id)}`,
        answers: { 200: QuoteRequest },
      })
    ).body;
  const findOrder = async (customerPoNumber: string) =>
    (await http.send({ method: 'GET', path: 'api/v2/orders', query: { customerPoNumber }, answers: { 200: Orders } }))
      .body.items[0];
  const findReturn = async (customerReference: string) =>
    (
      await http.send({
        method: 'GET',
        path: 'api/v2/returns',
        query: { customerReference },
        answers: { 200: Returns },
      })
    ).body.items[0];

  async function enterOrder(order: {
    poNumber: string;
    quoteNumber: string;
    deliverTo: string;
  }): Promise<Decided<{ orderRef: string }>> {
    const body = {
      customerPoNumber: order.poNumber,
      quoteNumber: order.quoteNumber,
      shipTo: { siteCode: order.deliverTo },
    };
    const answer = await http.send({
      method: 'POST',
      path: 'api/v2/orders',
      body,
      answers: { 201: Order, 422: Refusal },
    });
    return answer.status === 201
      ? { outcome: 'accepted', orderRef: answer.body.orderNumber }
      : { outcome: 'refused', reason: reasonOf(answer.body) };
  }

  return {
    vendor: 'hpe',
    requestQuote: async (request) => {
      const create = async () =>
        (
          await http.send({
            method: 'POST',
            path: 'api/v2/quote-requests',
            body: toRequest(request),
            answers: { 202: QuoteRequest },
          })
        ).body;
      const { quoteRequestId } = await findOrCreate(() => findQuote(request.requestId), create);
      return { ref: quoteRequestId };
    },
    findQuote: async (requestId) => {
      const found = await findQuote(requestId);
      return found && { ref: found.quoteRequestId };
    },
    readQuote: async (ref) => toQuoteAnswer(await readQuote(ref)),
    cancelQuote: async (ref) =>
      void (await http.send({
        method: 'DELETE',
        path: `api/v2/quote-requests/${encodeURIComponent(ref)}`,
        answers: { 204: z.unknown(), 404: z.unknown(), 409: AlreadyOrdered },
      })),

    submitOrder: async ({ poNumber, quoteRef, deliverTo }) => {
      const known = async (): Promise<Decided<{ orderRef: string }> | undefined> => {
        const order = await findOrder(poNumber);
        if (!order) return undefined;
        return order.status === 'CANCELLED'
          ? { outcome: 'refused', reason: `Purchase order ${poNumber} has been cancelled.` }
          : { outcome: 'accepted', orderRef: order.orderNumber };
      };
      return findOrCreate(known, async () => {
        const { quote, status } = await readQuote(quoteRef);
        return quote
          ? enterOrder({ poNumber, quoteNumber: quote.quoteNumber, deliverTo })
          : { outcome: 'refused', reason: `The quote ${quoteRef} cannot be ordered: HPE says ${status}.` };
      });
    },
    readOrder: async (poNumber) => {
      const order = await findOrder(poNumber);
      return order ? toVendorOrder(order) : { outcome: 'unknown' };
    },
    cancelOrder: async (poNumber, reason) => {
      const order = await findOrder(poNumber);
      if (!order || order.status === 'CANCELLED') return { outcome: 'cancelled' };
      const answer = await http.send({
        method: 'POST',
        path: `api/v2/orders/${encodeURIComponent(order.orderNumber)}/cancellation`,
        body: { reason },
        answers: { 200: Order, 409: Refusal },
        repeatable: true,
      });
      return answer.status === 200 ? { outcome: 'cancelled' } : { outcome: 'too-late', reason: reasonOf(answer.body) };
    },

    requestReturn: async ({ returnId, poNumber, serials, reason }) => {
      const known = async (): Promise<Decided<{ rmaNumber: string }> | undefined> => {
        const found = await findReturn(returnId);
        return found && { outcome: 'accepted', rmaNumber: found.rmaNumber };
      };
      return findOrCreate(known, async () => {
        const body = {
          customerReference: returnId,
          customerPoNumber: poNumber,
          serialNumbers: serials,
          reasonText: reason,
        };
        const answer = await http.send({
          method: 'POST',
          path: 'api/v2/returns',
          body,
          answers: { 201: Return, 422: Refusal },
        });
        return answer.status === 201
          ? { outcome: 'accepted', rmaNumber: answer.body.rmaNumber }
          : { outcome: 'refused', reason: reasonOf(answer.body) };
      });
    },
  };
}
