import type { Resource } from './tree.ts';

export const service = '/redfish/v1';
export const link = (path: string) => ({ '@odata.id': path });
export const healthy = { State: 'Enabled', Health: 'OK', HealthRollup: 'OK' };

/** A resource with what every resource has: its path, type, id and name. */
export const resource = (path: string, type: string, rest: Resource): Resource => ({
  '@odata.id': path,
  '@odata.type': `#${type}`,
  Id: path.split('/').at(-1),
  Name: type.split('.').at(-1),
  ...rest,
});

/** A collection and its members. */
export const collection = (path: string, type: string, members: readonly Resource[]): Resource[] => [
  listing(
    path,
    type,
    members.map((each) => String(each['@odata.id'])),
  ),
  ...members,
];

/** A collection alone, for members that are made up when asked for. */
export const listing = (path: string, type: string, members: readonly string[]): Resource =>
  resource(path, `${type}Collection.${type}Collection`, {
    Members: members.map(link),
    'Members@odata.count': members.length,
  });
