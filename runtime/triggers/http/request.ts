import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { TypedData } from '../../core/typed-data.ts';
import { newTrace } from '../call.ts';
import type { Target } from './target.ts';

/** The request as the Functions protocol carries it. Repeated query keys become one value joined by commas. */
export function requestData(
  req: IncomingMessage,
  target: Target,
  params: Readonly<Record<string, string>>,
  body: Buffer | undefined,
): TypedData {
  return {
    http: {
      method: req.method,
      url: target.origin + target.path + target.query,
      headers: {},
      query: {},
      params: {}, // the nullable forms take their place
      nullableHeaders: nullable(flatHeaders(req.headers)),
      nullableQuery: nullable(flatQuery(target.query)),
      nullableParams: nullable(params),
      ...(body?.length && { body: { bytes: body } }),
    },
  };
}

/** One text per header: Node leaves only `set-cookie` as a list. */
export const flatHeaders = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );

function flatQuery(query: string): Record<string, string> {
  const flat: Record<string, string> = {};
  if (query === '') return flat;
  for (const [name, value] of new URLSearchParams(query))
    flat[name] = flat[name] === undefined ? value : `${flat[name]},${value}`;
  return flat;
}

const nullable = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));

/** The caller's trace goes on in the function. */
export function traceOf({ traceparent, tracestate }: IncomingHttpHeaders) {
  return typeof traceparent === 'string'
    ? { traceParent: traceparent, traceState: typeof tracestate === 'string' ? tracestate : '', attributes: {} }
    : newTrace();
}
