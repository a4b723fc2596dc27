import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { exampleSettings } from '../../../../infra/local/settings-documents.ts';
import { readSettings, settingNames } from '../../../../shared/wiring/settings.ts';

const file = path.resolve(import.meta.dirname, '../../../../local.settings.example.json');
// As Azure's tools read it: a flag and a flat record of texts, nothing else.
const { Values: values } = z
  .strictObject({ IsEncrypted: z.literal(false), Values: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(file, 'utf8')));

describe('local.settings.example.json', () => {
  it('is what `npm run settings` writes', () => {
    expect(readFileSync(file, 'utf8')).toBe(exampleSettings());
  });

  it('names every setting there is, the platform’s own first, and no other', () => {
    expect(Object.keys(values)).toEqual(settingNames);
  });

  it('shows the defaults: its values mean the same as no values at all', () => {
    expect(readSettings(values)).toEqual(readSettings({}));
  });
});
