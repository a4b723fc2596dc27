import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const css = readFileSync(path.resolve(import.meta.dirname, '../../../../portal/src/styles/tokens.css'), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [
    name,
    { light, dark },
  ]),
);

type Theme = 'light' | 'dark';
const colour = (name: string, theme: Theme): string => {
  const found = tokens.get(name)?.[theme];
  if (found === undefined) throw new Error(`tokens.css has no colour --${name}.`);
  return found;
};

/** WCAG 2.2, relative luminance and contrast ratio. */
const luminance = (hex: string): number => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: string, b: string): number => {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
};

const tones = ['good', 'going', 'waiting', 'bad', 'quiet'];
const grounds = ['page', 'surface', 'sunken'];
const texts: [text: string, ground: string][] = [
  ...grounds.flatMap((ground) =>
    ['text', 'text-soft', 'accent', 'accent-strong', 'bad', 'waiting'].map((text): [string, string] => [text, ground]),
  ),
  ...tones.map((tone): [string, string] => [tone, `${tone}-soft`]),
  ...tones.map((tone): [string, string] => ['text', `${tone}-soft`]),
  ...tones.map((tone): [string, string] => ['text-soft', `${tone}-soft`]),
  ['accent-strong', 'accent-soft'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
  ['danger', 'surface'],
  ['on-danger', 'danger'],
  ['waiting', 'sunken'],
  ['page', 'text'],
];
// Borders of fields and buttons, and the mark of focus.
const shapes: [shape: string, ground: string][] = grounds.flatMap((ground) =>
  ['line-strong', 'focus', 'accent'].map((shape): [string, string] => [shape, ground]),
);

describe.each(['light', 'dark'] as const)('the %s theme', (theme) => {
  it.each(texts)('lets --%s be read on --%s', (text, ground) =>
    expect(contrast(colour(text, theme), colour(ground, theme))).toBeGreaterThanOrEqual(4.5),
  );
  it.each(shapes)('lets --%s be seen on --%s', (shape, ground) =>
    expect(contrast(colour(shape, theme), colour(ground, theme))).toBeGreaterThanOrEqual(3),
  );
});
