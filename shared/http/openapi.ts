import { z } from 'zod';
import { mostBodyBytes } from './body.ts';
import type { AnyHttpFunction } from './http-function.ts';

const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  traceId: z.string(),
  complaints: z.array(z.object({ where: z.string(), what: z.string() })).optional(),
});

/** OpenAPI 3.1, generated from the same schemas that check every request and answer. */
export function openApi(endpoints: readonly AnyHttpFunction[], publicUrl: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of endpoints) {
    const [method, path] = endpoint.route.split(' ') as [string, string];
    (paths[`/api${path}`] ??= {})[method.toLowerCase()] = operation(endpoint);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rackline',
      version: '1',
      description:
        'The whole life of a bare-metal server. Errors are RFC 9457 problems; POST takes an ' +
        'Idempotency-Key; lists are cursor pages.',
    },
    servers: [{ url: publicUrl }],
    security: [{ bearer: [] }, { session: [] }, { certificate: [] }],
    paths,
    components: {
      schemas: { Problem: jsonSchema(Problem, 'output') },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        session: { type: 'apiKey', in: 'cookie', name: 'rackline_session' },
        certificate: { type: 'mutualTLS', description: "An edge agent's own." },
      },
    },
  };
}

function operation(endpoint: AnyHttpFunction): object {
  return {
    operationId: endpoint.name,
    summary: endpoint.summary,
    ...(endpoint.isOpen && { security: [] }),
    parameters: [
      ...parameters(endpoint.params, 'path'),
      ...parameters(endpoint.query, 'query'),
      ...(endpoint.route.startsWith('POST')
        ? [{ name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', maxLength: 200 } }]
        : []),
    ],
    ...(endpoint.body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { type: 'object', ...jsonSchema(endpoint.body, 'input') } } },
      },
    }),
    responses: {
      '2XX': {
        description: 'Done or accepted.',
        content: { 'application/json': { schema: jsonSchema(endpoint.answer, 'output') } },
      },
      ...(endpoint.body && { 413: problem(`The body is larger than ${mostBodyBytes(endpoint)} bytes.`) }),
      default: problem('A problem.'),
    },
  };
}

const problem = (description: string): object => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

function parameters(schema: z.ZodType | undefined, place: 'path' | 'query'): object[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    properties?: Record<string, object>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): object => {
  const { $schema: _version, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
};
