import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { actions, Caller, roles } from '../../../../shared/access/caller.ts';
import { contracts, type ApiContract, type Contracts } from '../../../../shared/access/contracts.ts';
import { catalogue } from '../../../../shared/domain/catalogue.ts';
import { mayCall } from '../../../../shared/http/register.ts';
import type { Answer, Sent } from '../../../../shared/kernel/api/contract.ts';
import { AgentId, DatacenterId } from '../../../../shared/kernel/ids.ts';
import { newId } from '../../../../shared/kernel/new-id.ts';
import { importsOf, packagesOf, repositoryFiles } from '../../../kit/import-graph.ts';

const named = contracts.map((each) => [each.name, each] as const);
const membersOf = (schema: z.ZodType | undefined): string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];

const person = (role: string) =>
  new Caller({ iss: 'https://issuer.example', sub: '1', roles: [role], tenant: 'acme', datacenters: ['dc-nyc-01'] });
const agent = Caller.agent({
  agentId: AgentId.parse(newId('agent', 0)),
  datacenter: DatacenterId.parse('dc-nyc-01'),
});
const people = roles.filter((role) => role !== 'edge').map(person);

describe('contracts', () => {
  it.each(named)('%s: has a schema for every part of its address', (_name, { route, params }) => {
    expect(membersOf(params)).toEqual([...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  });

  it.each(named)('%s: takes a body only where its method has one', (_name, { route, body }) => {
    if (body) expect(route).toMatch(/^(POST|PUT|PATCH) /);
  });

  it.each(named)('%s: is about the one thing that its address names', (_name, { subject, params, body }) => {
    const ids = membersOf(params).map((name) => `params.${name}`);
    if (ids.length > 0) expect(ids).toEqual([subject?.by]);
    else if (subject) expect(membersOf(body).map((name) => `body.${name}`)).toContain(subject.by);
  });

  it('have a method and path each', () => {
    const routes = contracts.map(({ route }) => route);
    expect(routes.filter((route, at) => routes.indexOf(route) !== at)).toEqual([]);
  });

  it('stand on nothing that needs a server', () => {
    const files = repositoryFiles();
    const imports = importsOf(files, { types: false });
    const reached = new Set(['shared/access/contracts.ts']);
    for (const file of reached) for (const { from, to } of imports) if (from === file) reached.add(to);
    expect([...reached].filter((file) => file.endsWith('.db.ts'))).toEqual([]);
    expect([...new Set([...reached].flatMap(packagesOf))]).toEqual(['zod']);
  });
});

describe('an endpoint', () => {
  const callable = (audience: ApiContract['audience']) => named.filter(([, each]) => each.audience === audience);

  it.each(callable('users'))('%s is for people of some role, and for no agent', (_name, contract) => {
    expect(people.some((each) => mayCall(contract, each))).toBe(true);
    expect(mayCall(contract, agent)).toBe(false);
  });

  it.each(callable('agents'))('%s is for agents, and for nobody else', (_name, contract) => {
    expect(mayCall(contract, agent)).toBe(true);
    expect(people.filter((each) => mayCall(contract, each))).toEqual([]);
  });

  it('that asks no permission is one of those whose reason is known', () => {
    expect(contracts.filter(({ permission }) => permission === null).map(({ name }) => name)).toEqual([
      'read-me', // a sign-in without roles has to be able to read that it has none
      'enrol-agent', // the code in the body is the credential
    ]);
  });
});

describe('the permission table', () => {
  const asked = new Set<string>([
    ...contracts.flatMap(({ permission, subject }) => [permission ?? [], subject?.visibleTo ?? []].flat()),
    ...catalogue.flatMap(({ audience }) => [audience.staff, ...('tenant' in audience ? [audience.tenant.may] : [])]),
  ]);

  it('has no line that no endpoint and no event asks for', () => {
    expect(actions.filter((action) => !asked.has(action))).toEqual([]);
  });
});

it('types a client by route', () => {
  const sent: Sent<Contracts['POST /v1/orders/{id}/cancel'], 'body'> = { reason: 'a test' };
  const params: Sent<Contracts['GET /v1/orders/{id}'], 'params'> = { id: 'ord_1' };
  const none: Sent<Contracts['GET /v1/orders/{id}'], 'body'> = undefined;
  const query: Sent<Contracts['GET /v1/assets'], 'query'> = { limit: 20, state: 'READY' };
  // @ts-expect-error a state that is not in the table
  const wrong: Sent<Contracts['GET /v1/assets'], 'query'> = { state: 'BROKEN' };
  const state = (answer: Answer<Contracts['GET /v1/orders/{id}']>): string => answer.state;
  expect({ sent, params, none, query, wrong, state }).toBeDefined();
});
