import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readSettings, Settings } from '../../../../shared/wiring/settings.ts';

const file = path.resolve(import.meta.dirname, '../../../../local.settings.example.json');
// As Azure's tools read it: a flag and a flat record of texts, nothing else.
const { Values: values } = z
  .strictObject({ IsEncrypted: z.literal(false), Values: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(file, 'utf8')));

describe('local.settings.example.json', () => {
  it('names every setting there is, in the order of shared/wiring/settings.ts, and no other', () => {
    expect(Object.keys(values)).toEqual(Object.keys(Settings.shape));
  });

  it('shows the defaults: its values mean the same as no values at all', () => {
    expect(readSettings(values)).toEqual(readSettings({}));
  });
});
