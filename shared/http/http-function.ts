import type { HttpRequest } from '@azure/functions';
import type { Authenticator } from '../access/authenticate.ts';
import type { Caller } from '../access/caller.ts';
import type { ApiContract } from '../access/contracts.ts';
import type { Contract, Parsed, Part } from '../kernel/api/contract.ts';
import { parse } from '../kernel/errors/parse.ts';
import type { Sagas } from '../saga/client.ts';
import type { Deps } from '../saga/deps.ts';
import { readJson, storable } from './json.ts';
import type { Replied, Reply } from './reply.ts';
import { hasAlready, ifMatch } from './versions.ts';

/** What a handler may use beside its input. */
export type HttpDeps = Deps & { sagas: Sagas; authenticator: Authenticator };

/** One request of a caller who may ask. `text`: its body. */
export interface Asked {
  request: HttpRequest;
  text: string;
  caller: Caller;
}

export interface HttpInput<C extends Contract> {
  caller: Caller;
  params: Parsed<C, 'params'>;
  query: Parsed<C, 'query'>;
  body: Parsed<C, 'body'>;
  request: HttpRequest;
  /** For the one step between reading and writing: throws 412 when the caller read another version. */
  ifMatch(version: number): void;
  /**
   * Whether the caller has this version (If-None-Match): then `unchanged` is the answer, and nothing else need be read.
   */
  hasAlready(version: number): boolean;
}

/** A contract with its handler bound to it. */
export interface Endpoint {
  readonly contract: ApiContract;
  /** Parses the request, calls the handler, and holds its answer to the contract. */
  respond(asked: Asked, deps: HttpDeps): Promise<Reply>;
}

/** Binds a handler to a contract. The frame (`registerHttp`) has authorised the caller before it is called. */
export const httpFunction = <const C extends ApiContract>(
  contract: C,
  handle: (input: HttpInput<C>, deps: HttpDeps) => Promise<Replied<C>>,
): Endpoint => ({
  contract,
  respond: async ({ request, text, caller }, deps) => {
    const reply: Reply = await handle(
      {
        caller,
        params: read(contract, 'params', () => storable(request.params)),
        query: read(contract, 'query', () => storable(Object.fromEntries(request.query))),
        body: read(contract, 'body', () => readJson(text)),
        request,
        ifMatch: (version) => ifMatch(request, version),
        hasAlready: (version) => hasAlready(request, version),
      },
      deps,
    );
    return { ...reply, body: reply.body === undefined ? undefined : contract.answer.parse(reply.body) };
  },
});

const partNames: Readonly<Record<Part, string>> = { params: 'address', query: 'query', body: 'request body' };

function read<C extends Contract, P extends Part>(contract: C, part: P, raw: () => unknown): Parsed<C, P> {
  const schema = (contract as Contract)[part];
  // A conditional type cannot follow this branch: it is undefined exactly where the contract has no such part.
  return (schema && parse(schema, raw(), partNames[part])) as Parsed<C, P>;
}
