import { expect, it } from '@jest/globals';
import { deriveKeys } from '../../../../../runtime/triggers/http/keys.ts';

const keys = deriveKeys('a root of at least thirty-two characters');

it.each([
  ['anonymous', 'nothing', true],
  ['function', 'nothing', false],
  ['function', 'wrong', false],
  ['function', 'its own', true],
  ['function', "another's", false],
  ['function', 'host', true],
  ['function', 'master', true],
  ['function', 'system', false],
  ['admin', 'its own', false],
  ['admin', 'host', false],
  ['admin', 'master', true],
] as const)('level %s offered %s key: %s', (level, which, isAllowed) => {
  const offered = {
    nothing: undefined,
    wrong: 'x',
    'its own': keys.ofFunction('Orders'),
    "another's": keys.ofFunction('other'),
    host: keys.host,
    master: keys.master,
    system: keys.ofSystem('durabletask_extension'),
  }[which];
  expect(keys.mayCall(offered, 'orders', level)).toBe(isAllowed);
});

it('opens webhooks with their system key or the master key only', () => {
  const open = (offered: string | undefined) => keys.mayUseSystem(offered, 'durabletask_extension');
  expect(
    [undefined, keys.host, keys.ofSystem('other'), keys.ofSystem('durabletask_extension'), keys.master].map(open),
  ).toEqual([false, false, false, true, true]);
});

it('is the same for every replica with the same root and different for another root', () => {
  expect(deriveKeys('a root of at least thirty-two characters').master).toBe(keys.master);
  expect(deriveKeys('another root of thirty-two characters').master).not.toBe(keys.master);
});
