import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { applySettingsFile } from '../../../../infra/local/settings-file.ts';
import { systems } from '../../../../shared/adapters/systems.ts';
import { BadSettings } from '../../../../shared/kernel/setting-values.ts';
import {
  missingForPlatform,
  publicUrl,
  readSettings,
  unconfiguredSystems,
} from '../../../../shared/wiring/settings.ts';

const complaintsOf = (environment: Record<string, string>): string => {
  try {
    readSettings(environment);
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(BadSettings);
    return (error as Error).message;
  }
};

describe('settings', () => {
  it('need nothing to be set', () => {
    expect(readSettings({})).toMatchObject({ PORT: 7071, HOST: '127.0.0.1', LOG_LEVEL: 'info', REPLICAS: 1 });
  });

  it('that are wrong are all named at once, each with what it should be', () => {
    const said = complaintsOf({
      PORT: '70000',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://x',
      LAB: 'yes',
      LAB_SPEED: '0',
      SMTP_URL: 'mail',
      NETBOX_URL: 'ftp://netbox',
      REPLICAS: '1.5',
      APPROVAL_LIMIT_MINOR: 'much',
    });
    for (const key of [
      'PORT',
      'LOG_LEVEL',
      'DATABASE_URL',
      'LAB',
      'LAB_SPEED',
      'SMTP_URL',
      'NETBOX_URL',
      'REPLICAS',
      'APPROVAL_LIMIT_MINOR',
    ])
      expect(said).toMatch(new RegExp(`^ {2}${key}: \\S`, 'm'));
    expect(said).toContain('PORT: must be at most 65535');
    expect(said).toContain("LAB: must be 'on' or 'off'");
  });

  it('of a system that is half configured name what is missing', () => {
    for (const { described, needed } of systems)
      for (const { name, example, defaultValue } of described) {
        const said = complaintsOf({ [name]: example });
        const others = defaultValue === undefined ? needed.filter((other) => other !== name) : [];
        for (const other of others)
          expect(said).toMatch(new RegExp(`^ {2}${other}: is needed .* ${name} is set$`, 'm'));
        if (defaultValue !== undefined) expect(said).toBe('');
      }
  });

  it('that are empty count as absent', () => {
    expect(readSettings({ PORT: ' ', LOG_LEVEL: '', NETBOX_URL: '' })).toEqual(readSettings({}));
  });

  it('do not show their secrets, however they are printed', () => {
    const settings = readSettings({ NETBOX_URL: 'https://netbox.example/', NETBOX_TOKEN: 'very-secret' });
    for (const printed of [
      JSON.stringify(settings),
      inspect(settings, { depth: 9 }),
      inspect([...settings.systems.values()], { depth: 9 }),
    ])
      expect(printed).not.toContain('very-secret');
    expect(complaintsOf({ NETBOX_TOKEN: 'very-secret', PORT: 'x' })).not.toContain('very-secret');
  });

  it('of addresses lose their last slash: paths are appended to them', () => {
    expect(
      readSettings({ NETBOX_URL: 'https://netbox.example/', NETBOX_TOKEN: 'x' }).systems.get('netbox')?.address,
    ).toBe('https://netbox.example');
  });

  it('say which systems the lab has to stand in for, and what the platform lacks without it', () => {
    expect(unconfiguredSystems(readSettings({ NETBOX_URL: 'https://netbox.example', NETBOX_TOKEN: 'x' }))).toEqual(
      systems.filter(({ name }) => name !== 'netbox'),
    );
    expect(missingForPlatform(readSettings({}))).toEqual([
      'OIDC_ISSUER',
      'OIDC_CLIENT_SECRET',
      'NETBOX_URL',
      'NETBOX_TOKEN',
      'VAULT_ADDR',
      'DATABASE_URL',
    ]);
  });

  it('never hand out an address that nobody can reach', () => {
    expect(publicUrl(readSettings({ HOST: '0.0.0.0', PORT: '8080' }))).toBe('http://127.0.0.1:8080');
    expect(publicUrl(readSettings({ PUBLIC_URL: 'https://rackline.example/' }))).toBe('https://rackline.example');
  });
});

describe('local.settings.json', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-settings-'));
  const file = path.join(folder, 'local.settings.json');
  afterEach(() => rmSync(file, { force: true }));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('stands in for what the environment does not say, and never against it', () => {
    writeFileSync(file, JSON.stringify({ IsEncrypted: false, Values: { PORT: '8000', HOST: '127.0.0.2' } }));
    const environment: Record<string, string | undefined> = { PORT: '9000' };
    applySettingsFile(file, environment);
    expect(readSettings(environment)).toMatchObject({ PORT: 9000, HOST: '127.0.0.2' });
  });

  it('need not be there', () => {
    const environment = {};
    applySettingsFile(file, environment);
    expect(environment).toEqual({});
  });

  it.each(['{"Values": ', '{"Values": {"PORT": 8000}}', '[]'])(
    'that is not as it should be is refused by name: %s',
    (content) => {
      writeFileSync(file, content);
      expect(() => applySettingsFile(file, {})).toThrow(/local\.settings\.json is not as it should be/);
    },
  );
});
