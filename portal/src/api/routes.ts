import type { Contracts } from '../../../shared/access/contracts.ts';
import type { Answer, Contract, Sent } from '../../../shared/kernel/api/contract.ts';

/** An endpoint of the API by its route: `GET /v1/orders/{id}`. */
export type Route = keyof Contracts;
/** The endpoints that only read. */
export type ReadRoute = Extract<Route, `GET ${string}`>;
/** What an endpoint answers, by its contract. */
export type AnswerOf<R extends Route> = Answer<Contracts[R]>;
/** The body that an endpoint takes, by its contract. */
export type BodyOf<R extends Route> = Sent<Contracts[R], 'body'>;

type Params<C extends Contract> =
  Sent<C, 'params'> extends undefined ? { params?: never } : { params: Sent<C, 'params'> };
type Body<C extends Contract> = Sent<C, 'body'> extends undefined ? { body?: never } : { body: Sent<C, 'body'> };
/** The contract has the names of the filters. Their values stand in the page's address, and the API judges them. */
type Query<C extends Contract> =
  Sent<C, 'query'> extends undefined
    ? { query?: never }
    : { query?: { readonly [K in keyof Sent<C, 'query'>]?: string | number | undefined } };
/** The parts of a request that an endpoint's contract has. */
export type Given<R extends Route> = Params<Contracts[R]> & Query<Contracts[R]> & Body<Contracts[R]>;
