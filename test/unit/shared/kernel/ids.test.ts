import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OrderId, SagaId, ServerId, TenantId } from '../../../../shared/kernel/ids.ts';
import { derivedId, newId } from '../../../../shared/kernel/new-id.ts';

const moment = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });

describe('a derived id', () => {
  it('is the same for the same kind, moment and seed, and another for any other', () => {
    fc.assert(
      fc.property(moment, moment, fc.string(), fc.string(), (at, otherAt, seed, otherSeed) => {
        const id = derivedId('task', at, seed);
        expect(derivedId('task', at, seed)).toBe(id);
        expect(derivedId('task', otherAt, otherSeed) === id).toBe(at === otherAt && seed === otherSeed);
        expect(derivedId('approval', at, seed).slice(4)).not.toBe(id.slice(4));
      }),
    );
  });

  it('is a valid id of its kind and of no other', () => {
    fc.assert(
      fc.property(moment, fc.string(), (at, seed) => {
        expect(OrderId.safeParse(derivedId('order', at, seed)).success).toBe(true);
        expect(ServerId.safeParse(derivedId('order', at, seed)).success).toBe(false);
      }),
    );
  });

  it('sorts by its moment', () => {
    fc.assert(
      fc.property(moment, moment, fc.string(), fc.string(), (a, b, seed, otherSeed) => {
        fc.pre(a < b);
        expect(derivedId('event', a, seed) < derivedId('event', b, otherSeed)).toBe(true);
      }),
    );
  });

  it('stays what it has always been: sagas in flight find their tasks again by it', () => {
    expect(derivedId('task', Date.UTC(2026, 0, 1), 'deliver-server-x/notify#3')).toBe('tsk_01KDVDNA00RSZVMF58ZK78BK16');
  });
});

describe('a new id', () => {
  it('is never the same twice, and sorts after those made before it, within one millisecond too', () => {
    const ids = Array.from({ length: 2000 }, () => newId('event', 1_767_225_600_000));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
  });
});

describe('a name', () => {
  it.each(['acme', 'a', 'dc-nyc-01', 'x'.repeat(63)])('of a tenant may be %s', (name) =>
    expect(TenantId.safeParse(name).success).toBe(true),
  );
  it.each(['', 'Acme', '-acme', 'acme-', 'a--b', 'a_b', 'a/b', 'ä', 'x'.repeat(64)])(
    'of a tenant may not be %j',
    (name) => expect(TenantId.safeParse(name).success).toBe(false),
  );
  it.each(['a/b', 'a\\b', 'a#b', 'a?b', '@a', 'a\nb', '', 'x'.repeat(101)])(
    'of a saga may not be %j: no engine would take it',
    (name) => expect(SagaId.safeParse(name).success).toBe(false),
  );
});
