import type { z } from 'zod';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** The parts of a request that a contract gives a schema to. */
export type Part = 'params' | 'query' | 'body';

/**
 * Who calls an endpoint. `users`: people and their programs, by token or session. `agents`: the agents of
 * datacenters, by certificate. `everybody`: both. `strangers`: no sign-in is asked for, because what is sent is itself
 * the credential.
 */
export type ApiAudience = 'users' | 'agents' | 'everybody' | 'anonymous';

/**
 * The one thing that an endpoint is about. The frame finds it by the id that `by` points at, such as `params.id`, and
 * answers 404 where there is none or the caller has no right to it. The right is the endpoint's permission, or
 * `visibleTo` where more people may know of it than may do this to it.
 */
export interface Subject<Permission extends string = string> {
  noun: string;
  by: `${Part}.${string}`;
  visibleTo?: Permission;
}

/**
 * One endpoint as clients see it: plain data, declared beside the noun that it is about and free of server code, so
 * that a browser can import it. `httpFunction` binds a handler to it. `Permission`: the rights that there are.
 */
export interface Contract<Permission extends string = string> {
  /** The name that the function is registered under; also its operation id. */
  name: string;
  /** Method and path below /api: `POST /v1/orders/{id}/cancel`. */
  route: `${Method} /${string}`;
  /** One line for the API's description. */
  summary: string;
  audience: ApiAudience;
  /** The right that a caller needs, or of several rights any one. Null: whoever belongs to the audience may call. */
  permission: Permission | readonly Permission[] | null;
  subject?: Subject<Permission>;
  params?: z.ZodType<object>;
  query?: z.ZodType<object>;
  /** Without it no body is read. */
  body?: z.ZodType;
  /** Bytes of the largest body that is taken; 64 kB, or 16 kB from strangers, where nothing else is said. */
  mostBodyBytes?: number;
  /** What a successful answer holds. Members that are not in it are left out of what is sent. */
  answer: z.ZodType;
  /** True for ordinary traffic between programs: its successes are neither in the audit log nor in the log. */
  isRoutine?: boolean;
  /** False where the answer holds a secret: it is then never stored to answer a repeated request. */
  keepsAnswer?: boolean;
}

/** Declares a contract; its types stay as narrow as they are written. */
export const contract = <const C extends Contract>(declared: C): C => declared;

/** What a client sends as one part of a request; undefined where the contract has none. */
export type Sent<C extends Contract, P extends Part> = C extends { [K in P]: infer S extends z.ZodType }
  ? z.input<S>
  : undefined;
/** The same part as a handler gets it: parsed, with defaults. */
export type Parsed<C extends Contract, P extends Part> = C extends { [K in P]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;
/** The id of a contract's subject, as parsed. */
export type SubjectId<C extends Contract> = C extends { subject: { by: `${infer P extends Part}.${infer Member}` } }
  ? Parsed<C, P> extends { readonly [K in Member]: infer Id }
    ? Id
    : never
  : never;
/** What a client gets. */
export type Answer<C extends Contract> = z.output<C['answer']>;

export const methodOf = ({ route }: Pick<Contract, 'route'>): Method => splitRoute(route)[0];
/** `/v1/orders/{id}/cancel`. */
export const pathOf = ({ route }: Pick<Contract, 'route'>): string => splitRoute(route)[1];

function splitRoute(route: Contract['route']): [Method, string] {
  const space = route.indexOf(' ');
  return [route.slice(0, space) as Method, route.slice(space + 1)];
}
