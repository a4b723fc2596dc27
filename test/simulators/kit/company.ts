/** The simulated hosting company: who works there, where its racks stand. Fixed, so that every lab is alike. */
export interface Datacenter {
  id: string;
  name: string;
  region: string;
  racks: number;
  /** BMC addresses are taken from the first: 127.x on one machine stands for a management network. */
  managementPrefixes: string[];
}
export interface Person {
  /** Also the name one signs in with. */
  email: string;
  name: string;
  roles: string[];
  tenant?: string;
  /** For roles bound to a place. */
  datacenters?: string[];
}
export interface Company {
  datacenters: Datacenter[];
  tenants: { id: string; name: string }[];
  people: Person[];
}

const datacenters: Datacenter[] = [
  { id: 'dc-nyc-01', name: 'New York 1', region: 'us-east', racks: 20, managementPrefixes: ['127.101.0.0/16'] },
  { id: 'dc-fra-01', name: 'Frankfurt 1', region: 'eu-central', racks: 20, managementPrefixes: ['127.102.0.0/16'] },
  { id: 'dc-lon-01', name: 'London 1', region: 'eu-west', racks: 16, managementPrefixes: ['127.103.0.0/16'] },
  { id: 'dc-sin-01', name: 'Singapore 1', region: 'ap-southeast', racks: 12, managementPrefixes: ['127.104.0.0/16'] },
  { id: 'dc-sjc-01', name: 'San José 1', region: 'us-west', racks: 12, managementPrefixes: ['127.105.0.0/16'] },
];

export const company: Company = {
  datacenters,
  tenants: [
    { id: 'acme', name: 'Acme Corporation' },
    { id: 'globex', name: 'Globex Industries' },
  ],
  people: [
    { email: 'tenant-admin@acme.example', name: 'Ada Acme', roles: ['tenant-admin'], tenant: 'acme' },
    { email: 'tenant-operator@acme.example', name: 'Otto Acme', roles: ['tenant-operator'], tenant: 'acme' },
    { email: 'tenant-viewer@acme.example', name: 'Vera Acme', roles: ['tenant-viewer'], tenant: 'acme' },
    { email: 'tenant-admin@globex.example', name: 'Gus Globex', roles: ['tenant-admin'], tenant: 'globex' },
    { email: 'ops@rackline.example', name: 'Olga Operations', roles: ['ops'] },
    { email: 'approver@rackline.example', name: 'Anton Approver', roles: ['approver'] },
    { email: 'executive@rackline.example', name: 'Elke Executive', roles: ['executive'] },
    { email: 'auditor@rackline.example', name: 'Aude Auditor', roles: ['auditor'] },
    ...datacenters.map((dc) => ({
      email: `technician@${dc.id}.rackline.example`,
      name: `Technician ${dc.name}`,
      roles: ['technician'],
      datacenters: [dc.id],
    })),
  ],
};
