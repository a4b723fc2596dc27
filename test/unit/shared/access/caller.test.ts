import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { actions, Caller, roles } from '../../../../shared/access/caller.ts';

const iss = 'https://issuer.example';
const optional = { requiredKeys: [] };
const labels = fc.record(
  {
    email: fc.emailAddress(),
    name: fc.string(),
    tenant: fc.constantFrom('acme', 'globex'),
    datacenters: fc.array(fc.constantFrom('dc-nyc-01', 'dc-fra-01')),
  },
  optional,
);

describe('a caller', () => {
  it('is the same person whatever else a token says', () => {
    fc.assert(
      fc.property(labels, labels, fc.subarray([...roles]), (some, other, role) => {
        expect(new Caller({ iss, sub: '4711', roles: role, ...some }).id).toBe(
          new Caller({ iss, sub: '4711', roles: [], ...other }).id,
        );
      }),
    );
  });

  it('is another one where the subject or the issuer is, whatever the labels say', () => {
    const all = { roles: [], email: 'ada@acme.example', name: 'Ada' };
    const ids = [
      new Caller({ iss, sub: '1', ...all }),
      new Caller({ iss, sub: '2', ...all }),
      new Caller({ iss: 'https://other.example', sub: '1', ...all }),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
  });

  it('has a right only where the role that gives it goes', () => {
    const both = new Caller({
      iss,
      sub: '1',
      roles: ['technician', 'tenant-admin'],
      tenant: 'acme',
      datacenters: ['dc-nyc-01'],
    });
    expect(both.may('asset:read', { tenantId: 'acme', datacenterId: 'dc-fra-01' })).toBe(false);
    expect(both.may('asset:read', { tenantId: 'globex', datacenterId: 'dc-nyc-01' })).toBe(true);
    expect(both.may('order:read', { tenantId: 'acme', datacenterId: 'dc-fra-01' })).toBe(true);
    expect(both.may('order:read', { tenantId: 'globex', datacenterId: 'dc-nyc-01' })).toBe(false);
    expect(both.datacenterFilter('task:read')).toEqual(['dc-nyc-01']);
    expect(both.tenantFilter('order:read')).toBe('acme');
  });

  it.each([
    ['a tenant’s person to the tenant', { roles: ['tenant-admin'], tenant: 'acme' }, 'acme'],
    ['a tenant’s person without a tenant to nothing', { roles: ['tenant-viewer'] }, ''],
    ['whoever has no role to nothing', { roles: [] }, ''],
    ['staff to no tenant', { roles: ['ops'] }, '*'],
    ['who is both to no tenant', { roles: ['technician', 'tenant-admin'], tenant: 'acme' }, '*'],
  ])('confines the database: %s', (_who, claims, tenant) => {
    expect(new Caller({ iss, sub: '1', ...claims }).identity).toEqual({ caller: `${iss}#1`, tenant });
  });

  it.each(actions)('of a tenant, but with no tenant named, may not %s', (action) => {
    const nobodys = new Caller({ iss, sub: '1', roles: ['tenant-admin', 'tenant-operator', 'tenant-viewer'] });
    expect(nobodys.may(action)).toBe(false);
    expect(() => nobodys.tenantFilter(action)).toThrow('belongs to no tenant');
  });
});
