import { Caller, type Claims } from '../../shared/access/caller.ts';

const iss = 'https://issuer.example';

/** Who can sign in, by the word that `/auth/login?as=` takes. */
export const people: Readonly<Record<string, Claims & { name: string; email: string }>> = {
  'tenant-admin': {
    iss,
    sub: '1',
    email: 'tenant-admin@acme.example',
    name: 'Ada Acme',
    roles: ['tenant-admin'],
    tenant: 'acme',
  },
  'tenant-operator': {
    iss,
    sub: '2',
    email: 'tenant-operator@acme.example',
    name: 'Otto Acme',
    roles: ['tenant-operator'],
    tenant: 'acme',
  },
  'tenant-viewer': {
    iss,
    sub: '3',
    email: 'tenant-viewer@acme.example',
    name: 'Vera Acme',
    roles: ['tenant-viewer'],
    tenant: 'acme',
  },
  'globex-admin': {
    iss,
    sub: '4',
    email: 'tenant-admin@globex.example',
    name: 'Gus Globex',
    roles: ['tenant-admin'],
    tenant: 'globex',
  },
  ops: { iss, sub: '5', email: 'ops@rackline.example', name: 'Olga Operations', roles: ['ops'] },
  approver: { iss, sub: '6', email: 'approver@rackline.example', name: 'Anton Approver', roles: ['approver'] },
  technician: {
    iss,
    sub: '7',
    email: 'technician@dc-fra-01.rackline.example',
    name: 'Tilda Technician',
    roles: ['technician'],
    datacenters: ['dc-fra-01'],
  },
  executive: { iss, sub: '8', email: 'executive@rackline.example', name: 'Elke Executive', roles: ['executive'] },
  auditor: { iss, sub: '9', email: 'auditor@rackline.example', name: 'Aude Auditor', roles: ['auditor'] },
  nobody: { iss, sub: '10', email: 'nobody@rackline.example', name: 'Nora Newcomer', roles: [] },
};

export function callerNamed(word: string): Caller | undefined {
  const claims = people[word];
  return claims && new Caller(claims);
}
