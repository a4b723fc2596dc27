import { describe, expect, it } from '@jest/globals';
import { pathOfSubject, paths, patterns } from '../../../../portal/src/api/paths.ts';
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
    ['ord_01M82GPYVEET7D4AYFDE39EWMK', '/orders/ord_01M82GPYVEET7D4AYFDE39EWMK'],
    ['srv_01M82GPZ4E55KHAGS84FS7NPJ1', '/assets/srv_01M82GPZ4E55KHAGS84FS7NPJ1'],
    ['tsk_1', '/tasks/tsk_1'],
    ['shp_1', '/shipments/shp_1'],
    ['apr_1', '/approvals'],
    ['fulfill-order-ord_1', '/sagas/fulfill-order-ord_1'],
    ['procure-ord_1', '/sagas/procure-ord_1'],
    ['fulfill-order-v2-ord_1', '/sagas/fulfill-order-v2-ord_1'],
    ['maintain-server-mnt_1', '/sagas/maintain-server-mnt_1'],
  ])('of %s is %s', (subject, path) => expect(pathOfSubject(subject, everything)).toBe(path));

  it("is the tenant's view of a server for whoever may not see assets", () => {
    expect(pathOfSubject('srv_1', only('server:read'))).toBe('/servers/srv_1');
  });

  it('is none for whoever may not see it, nor for a thing without a page', () => {
    expect(pathOfSubject('ord_1', only(...actions.filter((action) => action !== 'order:read')))).toBeUndefined();
    expect(pathOfSubject('qte_1', everything)).toBeUndefined();
  });
});
