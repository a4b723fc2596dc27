import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { empty, type SimAnswer, type SimRequest } from '../kit/simulator.ts';
import { notFound, problem } from './answers.ts';
import type { Machine } from './machine.ts';
import { normal, type Resource } from './tree.ts';

// How a BMC says things, whatever it says: slashes, ETags, compression, numbers as text.

/** Instead of an answer: what becomes of a path without a slash at its end, on a BMC that wants one. */
export function slashed({ quirks, places }: Machine, path: string): SimAnswer | undefined {
  if (
    !quirks.slash ||
    path.endsWith('/') ||
    path.includes('/Actions/') ||
    normal(path).startsWith(normal(places.sessions))
  )
    return undefined;
  return quirks.slash === 'needed' ? notFound(path) : empty(308, { location: `${path}/` });
}

/** Not ready yet, though it answers. */
export const isTooSoon = ({ quirks, record, context }: Machine): boolean =>
  quirks.notReadySeconds !== undefined && context.now() < (record.upAt ?? 0) + quirks.notReadySeconds * 1000;

export function etagOf({ quirks }: Machine, resource: Resource): string {
  if (quirks.etag === 'blank') return '';
  const digest = createHash('sha1').update(JSON.stringify(resource)).digest('hex').slice(0, 8);
  return quirks.etag === 'required' || quirks.etag === 'strong-only' ? `W/"${digest}"` : `"${digest}"`;
}

export function isRightMatch(machine: Machine, resource: Resource, match: string): boolean {
  const { etag } = machine.quirks;
  if (etag === 'refused' || etag === 'blank') return false;
  const given = etagOf(machine, resource);
  const strong = given.replace(/^W\//, '');
  return etag === 'unquoted'
    ? match === strong.replaceAll('"', '')
    : [etag === 'strong-only' ? strong : given, strong].includes(match);
}

/** The answer as this BMC puts it on the wire. */
export function sent(machine: Machine, request: SimRequest, answer: SimAnswer): SimAnswer {
  const { quirks } = machine;
  if (
    answer.stream ||
    answer.body === undefined ||
    (!quirks.nullForEmpty && !quirks.numbersAsText && !quirks.compresses && !quirks.bareRootSeconds)
  )
    return answer;
  const said = JSON.parse(JSON.stringify(answer.body), (name, value: unknown) => {
    if (quirks.nullForEmpty && name === 'Members' && Array.isArray(value) && value.length === 0) return null;
    return quirks.numbersAsText && typeof value === 'number' && /Watts|Reading|Volt/.test(name)
      ? name.includes('Watts')
        ? [String(value)]
        : String(value)
      : value;
  }) as Resource;
  const body = isBare(machine, request)
    ? Object.fromEntries(
        Object.entries(said).filter(([, value]) => typeof value === 'string' || 'Sessions' in Object(value)),
      )
    : said;
  if (!quirks.compresses) return { ...answer, body };
  if (request.headers['accept-encoding'] === 'identity')
    return problem(406, 'HeaderInvalid', 'The value of the Accept-Encoding header is not supported.');
  return {
    ...answer,
    body: gzipSync(JSON.stringify(body)),
    headers: { ...answer.headers, 'content-type': 'application/json', 'content-encoding': 'gzip' },
  };
}

/** The root that lists nothing but where to log in. */
function isBare({ quirks, record, context }: Machine, { path }: SimRequest): boolean {
  const isRoot = normal(path).endsWith('/redfish/v1');
  return (
    isRoot && quirks.bareRootSeconds !== undefined && context.now() < (record.upAt ?? 0) + quirks.bareRootSeconds * 1000
  );
}
