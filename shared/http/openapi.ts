import { z } from 'zod';
import type { ApiContract } from '../access/contracts.ts';
import { methodOf, pathOf, type ApiAudience } from '../kernel/api/contract.ts';
import { mostBodyBytes } from './body.ts';

const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  traceId: z.string(),
  complaints: z.array(z.object({ where: z.string(), what: z.string() })).optional(),
});

/** OpenAPI 3.1, generated from the contracts that check every request and answer. Tags are the nouns of `apis`. */
export function openApi(
  apis: Readonly<Record<string, Readonly<Record<string, ApiContract>>>>,
  publicUrl: string,
): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [tag, api] of Object.entries(apis))
    for (const contract of Object.values(api))
      (paths[`/api${pathOf(contract)}`] ??= {})[methodOf(contract).toLowerCase()] = operation(contract, tag);
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
    tags: Object.keys(apis).map((name) => ({ name })),
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

const byPerson = [{ bearer: [] }, { session: [] }];
const byAgent = [{ certificate: [] }];
const security: Readonly<Record<ApiAudience, readonly object[]>> = {
  users: byPerson,
  agents: byAgent,
  everybody: [...byPerson, ...byAgent],
  anonymous: [],
};

function operation(contract: ApiContract, tag: string): object {
  return {
    operationId: contract.name,
    tags: [tag],
    summary: contract.summary,
    ...(contract.permission !== null && {
      description: `Needs the permission ${[contract.permission].flat().join(' or ')}.`,
    }),
    security: security[contract.audience],
    parameters: [
      ...parameters(contract.params, 'path'),
      ...parameters(contract.query, 'query'),
      ...(methodOf(contract) === 'POST'
        ? [{ name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', maxLength: 200 } }]
        : []),
    ],
    ...(contract.body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { type: 'object', ...jsonSchema(contract.body, 'input') } } },
      },
    }),
    responses: {
      '2XX': {
        description: 'Done or accepted.',
        content: { 'application/json': { schema: jsonSchema(contract.answer, 'output') } },
      },
      ...(contract.subject && { 404: problem(`There is no such ${contract.subject.noun}, or not for this caller.`) }),
      ...(contract.body && { 413: problem(`The body is larger than ${mostBodyBytes(contract)} bytes.`) }),
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
