import type { Parameter, Segment } from './route-template.ts';

/** Reads one path segment: answers what its parameters hold, in order, or undefined where it does not fit. */
export interface SegmentReader {
  /** Segments that read alike share one branch of the route tree, whatever their parameters are called. */
  readonly key: string;
  readonly read: (segment: string) => readonly string[] | undefined;
}

export function segmentReader(segment: Extract<Segment, { kind: 'parameter' | 'mixed' }>): SegmentReader {
  if (segment.kind === 'mixed') return mixedReader(segment.parts);
  const { parameter } = segment;
  return { key: constraintKey(parameter), read: (value) => (allowsAll(parameter, value) ? [value] : undefined) };
}

export const allowsAll = ({ constraints }: Parameter, value: string): boolean =>
  constraints.every(({ allows }) => allows(value));
export const constraintKey = ({ constraints }: Parameter): string => constraints.map(({ text }) => `:${text}`).join('');

function mixedReader(parts: readonly (string | Parameter)[]): SegmentReader {
  const parameters = parts.filter((part) => typeof part !== 'string');
  const expression = new RegExp(`^${mixedSource(parts)}$`, 'is');
  return {
    key: parts
      .map((part) =>
        typeof part === 'string' ? part.toLowerCase() : `{${constraintKey(part)}${part.isOptional ? '?' : ''}}`,
      )
      .join(''),
    read: (segment) => {
      const values = expression
        .exec(segment)
        ?.slice(1)
        .map((value: string | undefined) => value ?? '');
      const fits = values && parameters.every((parameter, i) => !values[i] || allowsAll(parameter, values[i]));
      return fits ? values : undefined;
    },
  };
}

/** An optional last part takes its separator with it: `{name}.{format?}` also reads a name without a dot. */
function mixedSource(parts: readonly (string | Parameter)[]): string {
  const source = parts.map((part, i) =>
    typeof part === 'string' ? escapeRegex(part) : i === parts.length - 1 ? '(.+)' : '(.+?)',
  );
  const last = parts.at(-1);
  if (typeof last !== 'object' || !last.isOptional) return source.join('');
  return `${source.slice(0, -2).join('')}(?:${source.slice(-2).join('')})?`;
}

const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
