import { expect, it } from '@jest/globals';
import { createKeys } from '../../../../portal/src/api/idempotency.ts';

it('gives the same content the same key, so that a second click orders nothing more', () => {
  const keyFor = createKeys();
  expect(keyFor({ quantity: 1 })).toBe(keyFor({ quantity: 1 }));
});

it('gives changed content another key, and another form another key for the same', () => {
  const keyFor = createKeys();
  const first = keyFor({ quantity: 1 });
  expect(keyFor({ quantity: 2 })).not.toBe(first);
  expect(createKeys()({ quantity: 1 })).not.toBe(first);
});
