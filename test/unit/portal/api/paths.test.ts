import { describe, expect, it } from '@jest/globals';
import { aboutOf, firstOf, pageOf, paths, patterns } from '../../../../portal/src/api/paths.ts';
import { actions, type Action } from '../../../../shared/access/caller.ts';

const everything = () => true;
const only =
  (...allowed: Action[]) =>
  (action: Action) =>
    allowed.includes(action);

describe('the addresses of pages', () => {
  it('keep what a filter says and leave out what it does not', () => {
    expect(paths.assets({ state: 'READY', search: '', condition: undefined, datacenter: 'dc-fra-01' })).toBe(
      '/assets?state=READY&datacenter=dc-fra-01',
    );
    expect(paths.orders()).toBe('/orders');
  });

  it('cannot be led elsewhere by an id', () => {
    expect(paths.order('../auth/login?x=#y')).toBe('/orders/..%2Fauth%2Flogin%3Fx%3D%23y');
  });

  it('carry a whole address through the sign-in', () => {
    const signIn = new URL(paths.signIn('/assets?state=READY&search=a b'), 'http://portal');
    expect(signIn.pathname).toBe('/auth/login');
    expect(signIn.searchParams.get('returnTo')).toBe('/assets?state=READY&search=a b');
  });

  it('are each made of their own pattern', () => {
    expect(new Set(Object.values(patterns)).size).toBe(Object.values(patterns).length);
  });
});

describe('the page about a thing', () => {
  it.each([
    ['orderId', 'ord_1', '/orders/ord_1'],
    ['serverId', 'srv_1', '/assets/srv_1'],
    ['taskId', 'tsk_1', '/tasks/tsk_1'],
    ['shipmentId', 'shp_1', '/shipments/shp_1'],
    ['approvalId', 'apr_1', '/approvals'],
    ['sagaId', 'fulfill-order-ord_1', '/sagas/fulfill-order-ord_1'],
    ['sagaId', 'procure-ord_1', '/sagas/procure-ord_1'],
    ['sagaId', 'fulfill-order-v2-ord_1', '/sagas/fulfill-order-v2-ord_1'],
    ['sagaId', 'maintain-server-mnt_1', '/sagas/maintain-server-mnt_1'],
  ] as const)('follows from the field that holds its id: %s %s', (field, id, path) =>
    expect(pageOf(field, id, everything)).toBe(path),
  );

  it("is the tenant's view of a server for whoever may not see assets", () => {
    expect(pageOf('serverId', 'srv_1', only('server:read'))).toBe('/servers/srv_1');
  });

  it('is none for whoever may not see it', () => {
    expect(pageOf('orderId', 'ord_1', only(...actions.filter((action) => action !== 'order:read')))).toBeUndefined();
  });
});

describe('what an event is about', () => {
  it('is the field of its data that says the same, also where an id has no beginning of its own', () => {
    expect(aboutOf({ subject: 'procure-ord_1', data: { sagaId: 'procure-ord_1', orderId: 'ord_1' } })).toEqual({
      sagaId: 'procure-ord_1',
    });
  });

  it('follows from its id where its data does not say it', () => {
    expect(aboutOf({ subject: 'srv_1', data: { cause: 'racked' } })).toEqual({ serverId: 'srv_1' });
  });

  it('is nothing with a page where neither says so', () => {
    expect(aboutOf({ subject: 'quo_1', data: {} })).toEqual({});
  });
});

it('of several fields the first that holds an id is linked', () => {
  expect(firstOf({ serverId: null, orderId: 'ord_1' })).toEqual({ field: 'orderId', id: 'ord_1' });
  expect(firstOf({ serverId: null })).toBeUndefined();
});
