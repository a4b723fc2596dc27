import type { Parameter, Segment } from './route-template.ts';
import { allowsAll, constraintKey, segmentReader, type SegmentReader } from './segment-reader.ts';

export interface Endpoint<T> {
  template: string;
  /** Undefined: any. */
  methods: ReadonlySet<string> | undefined;
  /** Names of the captured values, in order. */
  names: readonly string[];
  /** Values of parameters the path may leave out. */
  fallbacks: Readonly<Record<string, string>>;
  /** How many trailing segments of the template were left out here. The fullest template wins. */
  omitted: number;
  value: T;
}

export interface RouteNode<T> {
  literals: Map<string, RouteNode<T>>;
  /** Constrained and mixed segments, in order of registration. */
  readers: (SegmentReader & { node: RouteNode<T> })[];
  free: RouteNode<T> | undefined;
  /** Constrained ones first. */
  catchAlls: { key: string; allows: (rest: string) => boolean; endpoints: Endpoint<T>[] }[];
  endpoints: Endpoint<T>[];
}

export const newNode = <T>(): RouteNode<T> => ({
  literals: new Map(),
  readers: [],
  free: undefined,
  catchAlls: [],
  endpoints: [],
});

/** Hangs an endpoint into the tree. Throws an Error where another one answers the same requests. */
export function place<T>(root: RouteNode<T>, segments: readonly Segment[], endpoint: Endpoint<T>): void {
  let node = root;
  for (const segment of segments) {
    if (segment.kind === 'catch-all') return addEndpoint(catchAllsOf(node, segment.parameter), endpoint);
    node = childOf(node, segment);
  }
  addEndpoint(node.endpoints, endpoint);
}

function childOf<T>(node: RouteNode<T>, segment: Exclude<Segment, { kind: 'catch-all' }>): RouteNode<T> {
  if (segment.kind === 'literal') {
    const key = segment.text.toLowerCase();
    const next = node.literals.get(key) ?? newNode<T>();
    node.literals.set(key, next);
    return next;
  }
  if (segment.kind === 'parameter' && segment.parameter.constraints.length === 0) return (node.free ??= newNode<T>());
  const reader = segmentReader(segment);
  const known = node.readers.find(({ key }) => key === reader.key);
  if (known) return known.node;
  const next = newNode<T>();
  node.readers.push({ ...reader, node: next });
  return next;
}

function catchAllsOf<T>(node: RouteNode<T>, parameter: Parameter): Endpoint<T>[] {
  const key = constraintKey(parameter);
  const known = node.catchAlls.find((each) => each.key === key);
  if (known) return known.endpoints;
  const added = { key, allows: (rest: string) => allowsAll(parameter, rest), endpoints: [] };
  if (key === '') node.catchAlls.push(added);
  else node.catchAlls.unshift(added);
  return added.endpoints;
}

function addEndpoint<T>(endpoints: Endpoint<T>[], endpoint: Endpoint<T>): void {
  const taken = endpoints.find(
    (other) => other.omitted === endpoint.omitted && overlap(other.methods, endpoint.methods),
  );
  if (taken) throw new Error(`'${endpoint.template}' answers the same requests as '${taken.template}'`);
  endpoints.push(endpoint);
  endpoints.sort((a, b) => a.omitted - b.omitted);
}

const overlap = (a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean =>
  !a || !b || [...a].some((method) => b.has(method));
