import type { HttpRequest } from '@azure/functions';
import type { Authenticator } from '../access/authenticate.ts';
import type { Caller, Owner } from '../access/caller.ts';
import type { ApiContract } from '../access/contracts.ts';
import type { Contract, Parsed, Part, SubjectId } from '../kernel/api/contract.ts';
import type { Queryable } from '../kernel/database/database.ts';
import { parse } from '../kernel/errors/parse.ts';
import type { Sagas } from '../saga/client.ts';
import type { Deps } from '../saga/deps.ts';
import { readJson, storable } from './json.ts';
import { notFound, type Replied, type Reply } from './reply.ts';
import { hasAlready, ifMatch } from './versions.ts';

/** What a handler may use beside its input. */
export type HttpDeps = Deps & { sagas: Sagas; authenticator: Authenticator };

/** One request of a caller who may ask. `text`: its body. */
export interface Asked {
  request: HttpRequest;
  text: string;
  caller: Caller;
}

export interface HttpInput<C extends Contract, Subject = undefined> {
  caller: Caller;
  params: Parsed<C, 'params'>;
  query: Parsed<C, 'query'>;
  body: Parsed<C, 'body'>;
  /** What the request is about, which the caller has a right to. */
  subject: Subject;
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
  /** Parses the request, finds its subject, calls the handler, and holds the answer to the contract. */
  respond(asked: Asked, deps: HttpDeps): Promise<Reply>;
}

type ApiSubject = NonNullable<ApiContract['subject']>;
type Handle<C extends Contract, Subject> = (input: HttpInput<C, Subject>, deps: HttpDeps) => Promise<Replied<C>>;
/** How the subject of a contract is found by its id, and what is done with it. */
interface About<C extends Contract, Subject extends object> {
  find(db: Queryable, id: SubjectId<C>): Promise<Subject | undefined>;
  handle: Handle<C, Subject>;
}

/**
 * Binds a handler to a contract, and a finder where the contract has a subject. The frame (`registerHttp`) has
 * authorised the caller before any of it is called.
 */
export function httpFunction<const C extends ApiContract & { subject?: never }>(
  contract: C,
  handle: Handle<C, undefined>,
): Endpoint;
export function httpFunction<const C extends ApiContract & { subject: ApiSubject }, Subject extends object>(
  contract: C,
  about: About<C, Subject>,
): Endpoint;
export function httpFunction<C extends ApiContract, Subject extends object>(
  contract: C,
  binding: Handle<C, undefined> | About<C, Subject>,
): Endpoint {
  if (typeof binding === 'function')
    return {
      contract,
      respond: async (asked, deps) => {
        const parts = partsOf(contract, asked);
        return held(contract, await binding({ ...inputOf(parts, asked), subject: undefined }, deps));
      },
    };
  const { subject: about } = contract;
  if (!about) throw new Error(`${contract.name} has a finder, and its contract no subject.`);
  return {
    contract,
    respond: async (asked, deps) => {
      const parts = partsOf(contract, asked);
      const id = subjectId(about, parts);
      const subject = await binding.find(deps.db, id);
      if (!subject || !mayKnow(contract, about, asked.caller, subject)) throw notFound(about.noun, String(id));
      return held(contract, await binding.handle({ ...inputOf(parts, asked), subject }, deps));
    },
  };
}

/** What the contract does not name is left out. */
const held = (contract: ApiContract, reply: Reply): Reply => ({
  ...reply,
  body: reply.body === undefined ? undefined : contract.answer.parse(reply.body),
});

/** Whether the caller has a right to the subject. One without tenant or datacenter is seen by a right to all. */
const mayKnow = ({ permission }: ApiContract, about: ApiSubject, caller: Caller, found: Owner): boolean =>
  [about.visibleTo ?? permission ?? []].flat().some((action) => caller.may(action, found));

type Parts<C extends Contract> = { [P in Part]: Parsed<C, P> };

/** The parts of a request, parsed by the contract's schemas. Throws `invalid`. */
function partsOf<C extends Contract>(contract: C, { request, text }: Asked): Parts<C> {
  const part = <P extends Part>(name: P, title: string, raw: () => unknown) => {
    const schema = (contract as Contract)[name];
    // A conditional type cannot follow this: undefined exactly where the contract has no such part.
    return (schema && parse(schema, raw(), title)) as Parsed<C, P>;
  };
  return {
    params: part('params', 'address', () => storable(request.params)),
    query: part('query', 'query', () => storable(Object.fromEntries(request.query))),
    body: part('body', 'request body', () => readJson(text)),
  };
}

const inputOf = <C extends Contract>(parts: Parts<C>, { request, caller }: Asked) => ({
  ...parts,
  caller,
  request,
  ifMatch: (version: number) => ifMatch(request, version),
  hasAlready: (version: number) => hasAlready(request, version),
});

/** The id that `by` points at. */
function subjectId<C extends ApiContract>({ by }: ApiSubject, parts: Parts<C>): SubjectId<C> {
  const [part, member] = by.split('.') as [Part, string];
  return Object.entries(parts[part] ?? {}).find(([name]) => name === member)?.[1] as SubjectId<C>;
}
