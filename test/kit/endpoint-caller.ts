import { HttpRequest } from '@azure/functions';
import { endpoints } from '../../functions/areas.ts';
import { requestLine } from '../../portal/src/api/request-line.ts';
import type { Authenticator } from '../../shared/access/authenticate.ts';
import { Caller, type Claims } from '../../shared/access/caller.ts';
import { forbidden } from '../../shared/http/reply.ts';
import type { TestPlatform } from './test-platform.ts';

/** What a request names: the parameters of its path, its filters, its body. */
export interface Ask {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: object;
}

/**
 * Calls the platform's own endpoints in this process, in virtual time: `as(claims)('GET /v1/orders/{id}', { params })`
 * answers what is sent, held to its contract. Throws the AppError that a caller would get as a problem.
 */
export const callingEndpoints =
  ({ deps, sagas }: TestPlatform) =>
  (claims: Claims) =>
  async (route: string, { params = {}, query = {}, body }: Ask = {}): Promise<unknown> => {
    const endpoint = endpoints.find(({ contract }) => contract.route === route);
    if (!endpoint) throw new Error(`No endpoint has the route ${route}.`);
    const caller = new Caller(claims);
    const rights = [endpoint.contract.permission ?? []].flat();
    if (rights.length > 0 && !rights.some((right) => caller.may(right))) throw forbidden(caller);
    const { method, address } = requestLine(route, { params, query });
    const request = new HttpRequest({ method, url: `http://platform${address}`, params, query });
    const asked = { request, text: JSON.stringify(body ?? {}), caller };
    const reply = await endpoint.respond(asked, { ...deps, sagas, authenticator: nobodySignsIn });
    return reply.body;
  };

const refuse = () => Promise.reject(new Error('Nobody signs in here: the caller is given.'));
const nobodySignsIn: Authenticator = { fromToken: refuse, fromCertificate: refuse, fromSession: refuse };
