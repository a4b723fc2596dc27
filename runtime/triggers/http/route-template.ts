import { parseConstraint, type Constraint } from './constraints.ts';

export interface Parameter {
  name: string;
  constraints: readonly Constraint[];
  /** `{p?}`: the segment may be missing. */
  isOptional: boolean;
  /** `{p=value}`: what a missing segment stands for. */
  fallback: string | undefined;
}

export type Segment =
  | { kind: 'literal'; text: string }
  | { kind: 'parameter'; parameter: Parameter }
  /** `{name}.{format}`: several parts between two slashes. */
  | { kind: 'mixed'; parts: readonly (string | Parameter)[] }
  /** `{*rest}`: everything that is left, slashes included. */
  | { kind: 'catch-all'; parameter: Parameter };

/** Reads an ASP.NET route template. Throws an Error that says what is wrong with it. */
export function parseTemplate(template: string): Segment[] {
  const segments = splitSegments(template.replace(/^~?\/+|\/+$/g, '')).map(parseSegment);
  const names = segments.flatMap(parametersOf).map(({ name }) => name.toLowerCase());
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated) throw new Error(`the parameter '${repeated}' appears twice`);
  const catchAll = segments.findIndex(({ kind }) => kind === 'catch-all');
  if (catchAll >= 0 && catchAll !== segments.length - 1)
    throw new Error('a catch-all parameter must be the last segment');
  return segments;
}

export function parametersOf(segment: Segment): Parameter[] {
  if (segment.kind === 'literal') return [];
  return segment.kind === 'mixed' ? segment.parts.filter((part) => typeof part !== 'string') : [segment.parameter];
}

type Part = string | { inside: string };

/**
 * Slashes and colons inside braces belong to a parameter (a regex may hold any of them); `{{` and `}}` are braces
 * themselves.
 */
function splitSegments(template: string): Part[][] {
  const segments: Part[][] = [];
  let parts: Part[] = [];
  const addText = (text: string) => {
    const last = parts.at(-1);
    if (typeof last === 'string') parts[parts.length - 1] = last + text;
    else parts.push(text);
  };
  for (let at = 0; at < template.length; at++) {
    const two = template.slice(at, at + 2);
    const one = two.charAt(0);
    if (two === '{{' || two === '}}') {
      addText(one);
      at++;
    } else if (one === '{') {
      const inside = readParameter(template, at + 1);
      parts.push({ inside: inside.replaceAll('{{', '{').replaceAll('}}', '}') });
      at += inside.length + 1;
    } else if (one === '}') {
      throw new Error("a '}' has no '{' before it");
    } else if (one === '/') {
      if (parts.length === 0) throw new Error('there is an empty segment between two slashes');
      segments.push(parts);
      parts = [];
    } else {
      addText(one);
    }
  }
  if (parts.length > 0) segments.push(parts);
  return segments;
}

function readParameter(template: string, from: number): string {
  for (let at = from; at < template.length; at++) {
    const two = template.slice(at, at + 2);
    if (two === '{{' || two === '}}') at++;
    else if (template.charAt(at) === '}') return template.slice(from, at);
  }
  throw new Error("a '{' is never closed");
}

function parseSegment(parts: Part[]): Segment {
  const [first] = parts;
  if (parts.length === 1 && typeof first === 'string') return { kind: 'literal', text: first };
  if (parts.length === 1 && typeof first === 'object') {
    const isCatchAll = first.inside.startsWith('*');
    return {
      kind: isCatchAll ? 'catch-all' : 'parameter',
      parameter: parseParameter(first.inside.replace(/^\*{1,2}/, '')),
    };
  }
  const read = parts.map((part) => (typeof part === 'string' ? part : parseParameter(part.inside)));
  if (read.some((part, i) => typeof part !== 'string' && typeof read[i + 1] === 'object'))
    throw new Error('two parameters need a literal between them');
  if (read.slice(0, -1).some((part) => typeof part !== 'string' && part.isOptional))
    throw new Error('only the last part of a segment may be optional');
  return { kind: 'mixed', parts: read };
}

function parseParameter(inside: string): Parameter {
  const name = /^[^:=?*{}/]+/.exec(inside)?.[0];
  if (!name) throw new Error(`'{${inside}}' has no name`);
  const { constraints, rest } = readConstraints(inside.slice(name.length));
  const isOptional = rest === '?';
  if (rest !== '' && !isOptional && !rest.startsWith('=')) throw new Error(`'${rest}' makes no sense in '{${inside}}'`);
  return { name: name.trim(), constraints, isOptional, fallback: rest.startsWith('=') ? rest.slice(1) : undefined };
}

function readConstraints(text: string): { constraints: Constraint[]; rest: string } {
  const constraints: Constraint[] = [];
  let rest = text;
  while (rest.startsWith(':')) {
    const end = constraintEnd(rest);
    constraints.push(parseConstraint(rest.slice(1, end)));
    rest = rest.slice(end);
  }
  return { constraints, rest };
}

function constraintEnd(text: string): number {
  let depth = 0;
  for (let at = 1; at < text.length; at++) {
    const one = text.charAt(at);
    if (one === '(') depth++;
    else if (one === ')') depth--;
    else if (depth === 0 && (one === ':' || one === '=' || one === '?')) return at;
  }
  return text.length;
}
