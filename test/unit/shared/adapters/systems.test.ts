import { readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { outsideSystem, setting } from '../../../../shared/adapters/outside-system.ts';
import { systems } from '../../../../shared/adapters/systems.ts';
import { toProblem } from '../../../../shared/kernel/errors/problem.ts';
import { address, secret, text } from '../../../../shared/kernel/setting-values.ts';
import { SystemOff } from '../../../../shared/ports/system-off.ts';
import { connectSystems } from '../../../../shared/wiring/connect-systems.ts';
import { PlatformSettings, readSettings, settingNames } from '../../../../shared/wiring/settings.ts';
import { standIns } from '../../../simulators/systems.ts';

const folders = readdirSync(path.resolve('shared/adapters'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
/** Management controllers are assets, each with an address of its own: no setting says where they are. */
const notSystems = ['redfish'];

const withoutSystem = <T extends { name: string }>(list: readonly T[], name: string): string[] =>
  folders.filter(
    (folder) => !notSystems.includes(folder) && !list.some((each) => each.name === folder && folder !== name),
  );

describe('outside systems', () => {
  it('are declared by every adapter', () => {
    expect(withoutSystem(systems, '')).toEqual([]);
  });

  it.each(systems.map(({ name }) => name))('are missed where one is forgotten: %s', (name) => {
    expect(withoutSystem(systems, name)).toEqual([name]);
  });

  it('are each played by one simulator of the lab', () => {
    expect(standIns.map(({ system }) => system.name).sort()).toEqual(systems.map(({ name }) => name).sort());
  });

  it.each(systems.map((system) => [system.name, system] as const))(
    'have examples that their settings accept, and texts: %s',
    (_name, { described, settings, address: key }) => {
      const examples = Object.fromEntries(described.map(({ name, example }) => [name, example]));
      expect(settings.safeParse(examples)).toMatchObject({ success: true });
      expect(Object.keys(settings.shape)).toContain(key);
    },
  );

  it('never share the name of a setting', () => {
    expect(settingNames.filter((name, index) => settingNames.indexOf(name) !== index)).toEqual([]);
    expect(settingNames).toHaveLength(
      Object.keys(PlatformSettings.shape).length + systems.reduce((sum, { described }) => sum + described.length, 0),
    );
  });

  it('that are needed are those without which no server can be reached or nobody can sign in', () => {
    expect(systems.filter(({ isOptional }) => !isOptional).map(({ name }) => name)).toEqual([
      'oidc',
      'netbox',
      'vault',
    ]);
  });
});

const needed = {
  OIDC_ISSUER: 'https://id.example',
  OIDC_CLIENT_SECRET: 's',
  NETBOX_URL: 'https://netbox.example',
  NETBOX_TOKEN: 't',
  VAULT_ADDR: 'https://vault.example',
  VAULT_TOKEN: 't',
};

describe('systems that are off', () => {
  let outside: Awaited<ReturnType<typeof connectSystems>>;
  beforeAll(async () => {
    outside = await connectSystems(readSettings(needed), {});
  });

  it('refuse work with the settings that would turn them on', async () => {
    const refusal = outside.automation.runPlaybook({
      template: 'harden-server',
      host: 'X',
      correlationId: '1',
      variables: {},
    });
    await expect(refusal).rejects.toThrow('AWX is off: set AWX_URL, AWX_TOKEN.');
    await expect(refusal).rejects.toBeInstanceOf(SystemOff);
    await expect(outside.quoting.hpe.submitOrder({ poNumber: '1', quoteRef: '1', deliverTo: 'x' })).rejects.toThrow(
      'HPE quoting is off: set HPE_QUOTING_URL, HPE_QUOTING_CLIENT_ID, HPE_QUOTING_CLIENT_SECRET.',
    );
  });

  it('are a problem that a caller can read: what is off and what to set', () => {
    expect(toProblem(new SystemOff('AWX', ['AWX_URL', 'AWX_TOKEN']), 'trace')).toMatchObject({
      status: 503,
      code: 'systems.off',
      detail: 'AWX is off: set AWX_URL, AWX_TOKEN.',
    });
  });

  it('hold nothing that had to be given back', async () => {
    await expect(outside.automation.removeHost('X')).resolves.toBeUndefined();
    await expect(outside.automation.cancel({ template: 'burn-in', host: 'X', correlationId: '1' })).resolves.toEqual({
      wasLaunched: false,
    });
    await expect(outside.quoting.dell.findQuote('quo_1')).resolves.toBeUndefined();
    expect(outside.vendorTools).toEqual([]);
  });

  it('without which mail cannot be sent say so instead of failing the work', async () => {
    await expect(outside.mailer.send({ messageId: '1', to: 'a@b.example', subject: '', text: '' })).resolves.toEqual({
      outcome: 'refused',
      reason: 'mail is off: set SMTP_URL',
    });
  });

  it('and that are needed end the start', async () => {
    const { VAULT_ADDR: _address, VAULT_TOKEN: _token, ...rest } = needed;
    await expect(connectSystems(readSettings(rest), {})).rejects.toThrow('secrets');
  });
});

describe('the declaration of a system', () => {
  const declared = outsideSystem({
    name: 'crm',
    title: 'the CRM',
    settings: z.object({
      CRM_URL: setting(address, { description: 'where it is', example: 'https://crm.example' }),
      CRM_TOKEN: setting(secret, { description: 'a token', example: 'token' }),
      CRM_REGION: setting(text.optional(), { description: 'its region', example: 'eu' }),
      CRM_PROJECT: setting(text.default('RACK'), { description: 'a project', example: 'OPS' }),
    }),
    address: 'CRM_URL',
    check: ({ CRM_REGION }) => (CRM_REGION === 'mars' ? ['CRM_REGION: is too far'] : []),
    ports: ['mailer'],
    capabilities: [{ name: 'letters', without: 'No letters.' }],
    client: async () => ({}),
    connect: () => ({ mailer: { send: async () => ({ outcome: 'sent' }) } }),
    off: (refuse) => ({ mailer: { send: refuse } }),
  });

  it('says of each setting whether it is secret, optional and what stands for it', () => {
    expect(
      declared.described.map(({ name, isSecret, isOptional, defaultValue }) => [
        name,
        isSecret,
        isOptional,
        defaultValue,
      ]),
    ).toEqual([
      ['CRM_URL', false, false, undefined],
      ['CRM_TOKEN', true, false, undefined],
      ['CRM_REGION', false, true, undefined],
      ['CRM_PROJECT', false, true, 'RACK'],
    ]);
    expect(declared.needed).toEqual(['CRM_URL', 'CRM_TOKEN']);
  });

  it('is off where nothing but defaults is set', () => {
    expect(declared.configure({ CRM_PROJECT: 'OPS', CRM_URL: ' ' })).toEqual({ complaints: [] });
  });

  it('names at once what is missing and what is wrong', () => {
    expect(declared.configure({ CRM_REGION: 'eu', CRM_URL: 'ftp://crm' }).complaints).toEqual([
      'CRM_TOKEN: is needed for the CRM, because CRM_URL is set',
      'CRM_URL: must be an http or https address',
    ]);
    expect(
      declared.configure({ CRM_REGION: 'mars', CRM_URL: 'https://crm.example', CRM_TOKEN: 't' }).complaints,
    ).toEqual(['CRM_REGION: is too far']);
  });

  it('shows an address without name and password', () => {
    const { system } = declared.configure({ CRM_URL: 'https://me:word@crm.example/', CRM_TOKEN: 't' });
    expect(system?.address).toBe('https://crm.example');
  });
});
