import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '../../../../..');
const page = readFileSync(path.join(root, 'docs/redfish-quirks.md'), 'utf8');
const source = readFileSync(path.join(root, 'shared/adapters/redfish/quirks.ts'), 'utf8');
const flags = [...(/export interface Quirks \{([^]*?)\n\}/.exec(source)?.[1] ?? '').matchAll(/^ {2}(\w+)\?:/gm)].map(
  ([, flag]) => flag ?? '',
);

it('the page of quirks names every flag, and none that does not exist', () => {
  expect(flags.length).toBeGreaterThan(40);
  const named = [...page.matchAll(/flags? ((?:`\w+`(?:, |; )?)+)/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/`(\w+)`/g)].map(([, flag]) => flag),
  );
  expect(new Set(named)).toEqual(new Set(flags));
});

it('the page of quirks tells of all forty-two', () => {
  const numbers = [...page.matchAll(/^\| (\d+)(?: to (\d+))? \|/gm)].flatMap(([, from, to]) =>
    Array.from({ length: Number(to ?? from) - Number(from) + 1 }, (_, index) => Number(from) + index),
  );
  expect(numbers).toEqual(Array.from({ length: 42 }, (_, index) => index + 1));
});
