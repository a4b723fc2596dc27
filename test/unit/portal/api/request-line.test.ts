import { describe, expect, it } from '@jest/globals';
import { requestLine } from '../../../../portal/src/api/request-line.ts';
import { contracts } from '../../../../shared/access/contracts.ts';

describe('a call to the API', () => {
  it('puts ids into the path and filters behind it, and leaves out filters that are not set', () => {
    expect(requestLine('GET /v1/orders/{id}/timeline', { params: { id: 'ord_1/2' } })).toEqual({
      method: 'GET',
      address: '/api/v1/orders/ord_1%2F2/timeline',
    });
    expect(requestLine('GET /v1/orders', { query: { state: 'received', after: undefined, limit: 20 } }).address).toBe(
      '/api/v1/orders?state=received&limit=20',
    );
  });

  it.each(['', undefined])('never goes out with a gap in its path: %p', (id) => {
    expect(() => requestLine('GET /v1/orders/{id}', { params: { id } })).toThrow('GET /v1/orders/{id} needs id.');
  });

  it('fills the path of every contract with its parameters', () => {
    for (const { route } of contracts) {
      const names = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, 'x']);
      expect(requestLine(route, { params: Object.fromEntries(names) }).address).not.toMatch(/[{}]/);
    }
  });
});
