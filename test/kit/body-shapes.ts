import { type IdKind } from '../../shared/kernel/ids.ts';
import { newId } from '../../shared/kernel/new-id.ts';
import { usualConfig } from './orders.ts';

/** A body that somebody may send who means no good, or whose program is broken. */
export interface BodyShape {
  name: string;
  /** As large as `most` bytes allow. `valid`: what the endpoint takes. */
  make(most: number, valid: Members): string | Buffer;
  /** What it is refused for, where that is the same at every endpoint. */
  code?: string;
}
export type Members = Readonly<Record<string, unknown>>;

const deep = (open: string, close: string, levels: number, inside = '1') =>
  open.repeat(levels) + inside + close.repeat(levels);
/** As many of a text as fit. */
const fill = (most: number, unit: string, around = 2) =>
  unit.repeat(Math.max(1, Math.floor((most - around) / unit.length)));
const list = (most: number, element: string) => `[${fill(most, `${element},`, 3 + element.length)}${element}]`;
const members = (most: number, nameOf: (n: number) => string) => {
  const parts: string[] = [];
  for (let size = 2, n = 0; ; n++) {
    const next = `${JSON.stringify(nameOf(n))}:1`;
    size += next.length + 1;
    if (size > most) return `{${parts.join(',')}}`;
    parts.push(next);
  }
};
/** The valid body with something else in the place of each member; `insert` writes what is as large as it is told. */
const insteadOfEach = (most: number, valid: Members, insert: (most: number) => string) => {
  const names = Object.keys(valid);
  const room = names.reduce((left, name) => left - name.length - 5, most - 2);
  const each = Math.floor(room / Math.max(1, names.length));
  return `{${names.map((name) => `${JSON.stringify(name)}:${insert(each)}`).join(',')}}`;
};
/** The valid body with one more member. */
const withOneMore = (most: number, valid: Members, insert: (most: number) => string) => {
  const text = JSON.stringify({ ...valid, more: 0 });
  return text.replace(/0\}$/, `${insert(most - text.length)}}`);
};
/** The valid body with one of its lists filled up, by what it holds or by something else. */
const withFullList = (most: number, valid: Members, which: 'outermost' | 'innermost', element?: unknown) => {
  const copy = structuredClone(valid);
  const lists = listsIn(copy);
  const found = which === 'outermost' ? lists[0] : lists.at(-1);
  if (!found) return list(most, JSON.stringify(copy));
  const more: unknown = element ?? found[0] ?? 1;
  const room = most - JSON.stringify(copy).length;
  const size = JSON.stringify(more).length + 1;
  for (let left = room; left >= size; left -= size) found.push(more);
  return JSON.stringify(copy);
};
const listsIn = (value: unknown): unknown[][] => {
  if (typeof value !== 'object' || value === null) return [];
  return [...(Array.isArray(value) ? [value as unknown[]] : []), ...Object.values(value).flatMap(listsIn)];
};

/** Forty-six of them: nested, wide, long, cut off, no JSON at all. */
export const bodyShapes: readonly BodyShape[] = [
  // deep
  { name: 'brackets that never close', code: 'input.too-deep', make: (most) => fill(most, '[') },
  { name: 'brackets that close', code: 'input.too-deep', make: (most) => deep('[', ']', Math.floor(most / 2) - 1) },
  { name: 'objects that never close', code: 'input.too-deep', make: (most) => fill(most, '{"a":') },
  { name: 'objects that close', code: 'input.too-deep', make: (most) => deep('{"a":', '}', Math.floor(most / 6) - 1) },
  {
    name: 'lists and objects by turns',
    code: 'input.too-deep',
    make: (most) => deep('[{"a":', '}]', Math.floor(most / 8) - 1),
  },
  { name: 'ten kilobytes of brackets', code: 'input.too-deep', make: () => '['.repeat(10_000) },
  {
    name: 'a long list below many levels',
    code: 'input.too-deep',
    make: (most) => deep('{"a":', '}', Math.floor(most / 20), list(Math.floor(most * 0.7) - 10, '"a"')),
  },
  {
    name: 'a long list below as many levels as are taken',
    make: (most) => deep('{"a":', '}', 30, list(most - 200, '"a"')),
  },
  {
    name: 'depth in the place of each member',
    code: 'input.too-deep',
    make: (most, valid) => insteadOfEach(most, valid, (room) => deep('[', ']', Math.floor(room / 2) - 1)),
  },
  {
    name: 'depth in one member more',
    code: 'input.too-deep',
    make: (most, valid) => withOneMore(most, valid, (room) => deep('[', ']', Math.floor(room / 2) - 1)),
  },
  { name: 'brackets side by side', make: (most) => list(most, '[[[]]]') },
  // wide
  { name: 'a list of numbers', make: (most) => list(most, '1') },
  { name: 'a list of texts', make: (most) => list(most, '"a"') },
  { name: 'a list of empty lists', make: (most) => list(most, '[]') },
  { name: 'a list of empty objects', make: (most) => list(most, '{}') },
  { name: 'a list of nothing', make: (most) => list(most, 'null') },
  { name: 'many members', make: (most) => members(most, (n) => `m${n}`) },
  { name: 'many members whose names are numbers', make: (most) => members(most, (n) => String(n * 7)) },
  { name: 'one member many times', make: (most) => `{${fill(most, '"a":1,', 8)}"a":1}` },
  {
    name: 'many members more than there are',
    make: (most, valid) => withOneMore(most, valid, (room) => members(room, (n) => `m${n}`)),
  },
  {
    name: 'numbers in the place of each member',
    make: (most, valid) => insteadOfEach(most, valid, (room) => list(room, '1')),
  },
  {
    name: 'texts in the place of each member',
    make: (most, valid) => insteadOfEach(most, valid, (room) => list(room, '"a"')),
  },
  {
    name: 'empty objects in the place of each member',
    make: (most, valid) => insteadOfEach(most, valid, (room) => list(room, '{}')),
  },
  {
    name: 'as many wrong values as are taken',
    make: (most, valid) => insteadOfEach(Math.min(most, 59_000), valid, (room) => list(room, '{}')),
  },
  { name: 'a full outermost list', make: (most, valid) => withFullList(most, valid, 'outermost') },
  { name: 'a full innermost list', make: (most, valid) => withFullList(most, valid, 'innermost') },
  {
    name: 'an innermost list of as many as are taken',
    make: (most, valid) => withFullList(Math.min(most, 190_000), valid, 'innermost'),
  },
  {
    name: 'an innermost list of as many wrong ones as are taken',
    make: (most, valid) => withFullList(Math.min(most, 59_000), valid, 'innermost', {}),
  },
  // long
  { name: 'one long text', code: 'input.invalid', make: (most) => `"${fill(most, 'x')}"` },
  { name: 'one long text of brackets', make: (most) => `"${fill(most, '[')}"` },
  { name: 'one long text of escapes', make: (most) => `"${fill(most, String.raw`\"`)}"` },
  { name: 'a text that never ends', code: 'input.not-json', make: (most) => `["${fill(most, 'x')}` },
  {
    name: 'a long text in the place of each member',
    make: (most, valid) => insteadOfEach(most, valid, (room) => `"${fill(room, 'a')}"`),
  },
  {
    name: 'spaces in the place of each member',
    make: (most, valid) => insteadOfEach(most, valid, (room) => `"${fill(room, ' ')}"`),
  },
  {
    name: 'digits in the place of each member',
    make: (most, valid) => insteadOfEach(most, valid, (room) => `"${fill(room, '1')}"`),
  },
  {
    name: 'line ends in the place of each member',
    make: (most, valid) => insteadOfEach(most, valid, (room) => `"${fill(room, String.raw`\n`)}"`),
  },
  {
    name: 'NUL in the place of each member',
    code: 'input.unstorable-text',
    make: (most, valid) => insteadOfEach(most, valid, (room) => `"${fill(room, String.raw`\u0000`)}"`),
  },
  { name: 'halves of characters in a list', make: (most) => list(most, String.raw`"\ud83d"`) },
  { name: 'one long name', make: (most) => `{"${fill(most, 'n', 8)}":1}` },
  { name: 'one long number', code: 'input.invalid', make: (most) => fill(most, '9') },
  { name: 'numbers beyond all bounds', make: (most, valid) => insteadOfEach(most, valid, () => '-1e999999') },
  // none
  { name: 'nothing but spaces', code: 'input.not-json', make: (most) => fill(most, ' ') },
  {
    name: 'JSON that breaks off',
    code: 'input.not-json',
    make: (_most, valid) => JSON.stringify(valid).slice(0, -1) || '{',
  },
  { name: 'bytes that are no text', code: 'input.not-json', make: (most) => Buffer.alloc(most, 0xff) },
  {
    name: 'names of what every object has',
    make: () => '{"__proto__":{"a":1},"constructor":{"prototype":{"a":1}},"toString":1,"length":-1}',
  },
  { name: 'more than is taken', code: 'input.too-large', make: (most) => Buffer.alloc(most + 1, '[') },
];

/**
 * How an endpoint that takes a body is reached by somebody who may: what is asked about does not exist, so that nothing
 * comes of it.
 */
export interface BodyTarget {
  /** A person of the lab, `edge:<datacenter>` for an agent, null for anybody. */
  as: string | null;
  path: `/v1/${string}`;
  valid: Members;
}

const ops = 'ops@rackline.example';
const tenant = 'tenant-admin@acme.example';
const agent = 'edge:dc-nyc-01';
const reason = 'a test';
const id = (kind: IdKind) => newId(kind, Date.UTC(2026, 0, 1));
const csr = '-----BEGIN CERTIFICATE REQUEST-----';
const serverId = id('server');
const mac = '02:22:22:00:00:01';
const seen = { id: 'seen-1', at: '2026-11-02T08:00:00Z', datacenter: 'dc-nyc-01' };

/** By name, every endpoint that takes a body. */
export const bodyTargets: Readonly<Record<string, BodyTarget>> = {
  'submit-order': {
    as: tenant,
    path: '/v1/orders',
    valid: { datacenter: 'dc-of-nobody', lines: [{ quantity: 1, config: usualConfig }] },
  },
  'cancel-order': { as: tenant, path: `/v1/orders/${id('order')}/cancel`, valid: { reason } },
  'decide-approval': {
    as: 'approver@rackline.example',
    path: `/v1/approvals/${id('approval')}/decision`,
    valid: { decision: 'reject', reason },
  },
  'receive-item': {
    as: ops,
    path: `/v1/receiving/${id('shipment')}/items`,
    valid: { serial: 'X', macs: [mac], condition: 'good', photos: ['a.jpg'] },
  },
  'complete-task': {
    as: ops,
    path: `/v1/tasks/${id('task')}/complete`,
    valid: { confirmed: true, answers: [{ line: 'a', outcome: 'fixed', note: 'a' }] },
  },
  'create-enrolment': { as: ops, path: '/v1/edge/enrolments', valid: { datacenter: 'dc-of-nobody' } },
  'enrol-agent': { as: null, path: '/v1/edge/enrol', valid: { code: 'x', csr, version: '1.0.0' } },
  'renew-agent': { as: agent, path: '/v1/edge/renew', valid: { csr, version: '1.0.0' } },
  'revoke-agent': { as: ops, path: `/v1/edge/agents/${id('agent')}/revoke`, valid: { reason } },
  'set-release': {
    as: ops,
    path: '/v1/edge/releases/dc-of-nobody',
    valid: {
      version: '1.1.0',
      url: 'https://releases.example/a.mjs',
      sha256: 'a'.repeat(64),
      signature: `${'A'.repeat(86)}==`,
    },
  },
  'edge-events': {
    as: agent,
    path: '/v1/edge/events',
    valid: {
      events: [
        {
          kind: 'inventory-report',
          ...seen,
          datacenter: 'dc-of-nobody',
          serial: 'X',
          facts: { source: 'validation-image', identity: {}, drives: [{ name: 'sda' }] },
        },
      ],
    },
  },
  'edge-secrets': { as: agent, path: '/v1/edge/secrets', valid: { refs: [`bmc/${serverId}/service`] } },
  'act-on-asset': { as: ops, path: `/v1/assets/${serverId}/actions`, valid: { action: 'release', reason } },
  'adopt-asset': {
    as: ops,
    path: '/v1/assets/adopt',
    valid: {
      as: 'stock',
      datacenter: 'dc-of-nobody',
      serial: 'X',
      manufacturer: 'HPE',
      model: 'DL360',
      bmcMac: mac,
      macs: [mac],
      config: usualConfig,
    },
  },
  'request-maintenance': {
    as: ops,
    path: '/v1/maintenance-windows',
    valid: { serverId, reason, endsAt: '2026-12-01T00:00:00Z' },
  },
  'submit-decommission': { as: ops, path: '/v1/decommissions', valid: { serverId, reason } },
  'saga-events': { as: ops, path: '/v1/sagas/none/events', valid: { event: 'skip', reason } },
  'resume-saga': { as: ops, path: '/v1/sagas/none/resume', valid: { reason } },
  'retry-saga': { as: ops, path: '/v1/sagas/none/retry', valid: { reason } },
  'terminate-saga': { as: ops, path: '/v1/sagas/none/terminate', valid: { reason } },
};
