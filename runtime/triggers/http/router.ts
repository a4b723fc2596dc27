import { parametersOf, parseTemplate } from './route-template.ts';
import { newNode, place, type Endpoint, type RouteNode } from './route-tree.ts';

export interface Match<T> {
  value: T;
  /** Route values by parameter name; optional ones that are missing are left out. */
  params: Record<string, string>;
}

/**
 * Finds the function for a request. Templates form a tree, walked segment by segment in ASP.NET's order of
 * precedence: literal, constrained or mixed, free, constrained catch-all, catch-all. Where the method fits none
 * of the endpoints at a leaf the search goes on, as if that leaf were not there.
 */
export class Router<T> {
  readonly #root = newNode<T>();

  /** No `methods` answers every method. Throws an Error for a template that is wrong or taken. */
  add(template: string, methods: readonly string[] | undefined, value: T): void {
    const segments = parseTemplate(template);
    const accepted = methods?.length ? new Set(methods.map((method) => method.toUpperCase())) : undefined;
    const fallbacks = Object.fromEntries(
      segments
        .flatMap(parametersOf)
        .flatMap(({ name, fallback }) => (fallback === undefined ? [] : [[name, fallback]])),
    );
    // A template whose tail may be left out stands for several shorter ones.
    for (let omitted = 0; ; omitted++) {
      const present = segments.slice(0, segments.length - omitted);
      place(this.#root, present, {
        template,
        methods: accepted,
        names: present.flatMap(parametersOf).map(({ name }) => name),
        fallbacks,
        omitted,
        value,
      });
      const last = present.at(-1);
      if (last?.kind !== 'parameter' || !(last.parameter.isOptional || last.parameter.fallback !== undefined)) return;
    }
  }

  /** `path` as it came in the request line, without the query. */
  match(method: string, path: string): Match<T> | undefined {
    const segments = splitPath(path);
    const captured: string[] = [];
    const endpoint = segments && find(this.#root, segments, 0, method, captured);
    if (!endpoint) return undefined;
    const params: Record<string, string> = { ...endpoint.fallbacks };
    endpoint.names.forEach((name, i) => {
      const value = captured[i];
      if (value) params[name] = value;
    });
    return { value: endpoint.value, params };
  }
}

/** Appends what parameters hold to `captured`, which is as it was where nothing is found. */
function find<T>(
  node: RouteNode<T>,
  segments: readonly string[],
  at: number,
  method: string,
  captured: string[],
): Endpoint<T> | undefined {
  const segment = segments[at];
  const found =
    segment === undefined
      ? forMethod(node.endpoints, method)
      : findBelow(node, segment, segments, at, method, captured);
  if (found || node.catchAlls.length === 0) return found;
  const rest = segments.slice(at).join('/');
  const catchAll = node.catchAlls
    .filter(({ allows }) => allows(rest))
    .map(({ endpoints }) => forMethod(endpoints, method))
    .find((each) => each !== undefined);
  if (catchAll) captured.push(rest);
  return catchAll;
}

function findBelow<T>(
  node: RouteNode<T>,
  segment: string,
  segments: readonly string[],
  at: number,
  method: string,
  captured: string[],
): Endpoint<T> | undefined {
  const depth = captured.length;
  const literal = node.literals.get(segment.toLowerCase());
  const viaLiteral = literal && find(literal, segments, at + 1, method, captured);
  if (viaLiteral) return viaLiteral;
  for (const { read, node: next } of node.readers) {
    const values = read(segment);
    if (!values) continue;
    captured.push(...values);
    const found = find(next, segments, at + 1, method, captured);
    if (found) return found;
    captured.length = depth;
  }
  if (!node.free) return undefined;
  captured.push(segment);
  const found = find(node.free, segments, at + 1, method, captured);
  if (!found) captured.length = depth;
  return found;
}

const forMethod = <T>(endpoints: readonly Endpoint<T>[], method: string): Endpoint<T> | undefined =>
  endpoints.find(({ methods }) => !methods || methods.has(method));

/** Undefined for a path with an empty segment inside: no route has one. */
function splitPath(path: string): string[] | undefined {
  const trimmed = path.replace(/^\/|\/$/g, '');
  if (trimmed === '') return [];
  const segments = trimmed.split('/');
  if (segments.includes('')) return undefined;
  return path.includes('%') ? segments.map(decodeSegment) : segments;
}

/** Everything is decoded but a slash, which would otherwise change the number of segments. */
function decodeSegment(segment: string): string {
  try {
    return segment.split(/%2f/i).map(decodeURIComponent).join('%2F');
  } catch {
    return segment; // not valid UTF-8: kept as it was sent
  }
}
