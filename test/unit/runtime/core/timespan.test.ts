import { expect, it } from '@jest/globals';
import { parseTimeSpan } from '../../../../runtime/core/timespan.ts';

it.each([
  ['00:05:00', 300_000],
  ['01:30', 5_400_000],
  ['1.12:00:00', 129_600_000],
  ['00:00:00.5', 500],
  ['00:00:01.2500000', 1250],
])('reads %s', (text, milliseconds) => {
  expect(parseTimeSpan(text)).toBe(milliseconds);
});

it.each(['24:00:00', '00:60:00', '5', '-00:01:00', '1:2:3:4', ''])("takes '%s' for no time span", (text) => {
  expect(parseTimeSpan(text)).toBeUndefined();
});
