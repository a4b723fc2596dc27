import { describe, expect, it } from '@jest/globals';
import { bootChoices, bootFor as decide } from '../../../../edge/boot/boot-for.ts';
import { firstScript, imageScript, type ScriptSettings } from '../../../../edge/boot/scripts.ts';
import { architectureOfIpxe, architectures } from '../../../../edge/dhcp/architecture.ts';
import { State, states } from '../../../../shared/lifecycle/states.ts';
import { transitions } from '../../../../shared/lifecycle/transitions.ts';

const settings: ScriptSettings = {
  baseUrl: 'http://10.0.0.1:8081',
  waitSeconds: 15,
  images: Object.fromEntries(
    architectures.map((each) => [each, { kernel: 'vmlinuz', initrd: 'initrd.img', arguments: 'quiet' }]),
  ),
};
const reportUrl = 'http://10.0.0.1:8081/report/0123/inventory';
/** The decision with its script. */
function bootFor(...about: Parameters<typeof decide>): { choice: string; script: string } {
  const decision = decide(...about);
  return decision.choice === 'image'
    ? { choice: 'image', script: imageScript(decision.reason, decision.image, reportUrl, about[2]) }
    : decision;
}
const everyCase = State.options.flatMap((state) =>
  [...architectures, undefined].map((architecture) => [state, architecture] as const),
);

/** What the script may do, in words: everything else would be a surprise on somebody's server. */
function effects(script: string): string[] {
  const commands = script
    .split('\n')
    .slice(1)
    .filter(Boolean)
    .flatMap((line) => line.split(' || '))
    .map((command) => command.split(' ')[0] ?? '');
  return [...new Set(commands)].filter(
    (command) => !['echo', 'sleep', 'goto', ''].includes(command) && !command.startsWith(':'),
  );
}

describe('what a machine boots', () => {
  it.each(everyCase)('has an answer that iPXE can run: %s on %s', (state, architecture) => {
    const { choice, script } = bootFor(state, architecture, settings);
    expect(script.startsWith('#!ipxe\n')).toBe(true);
    expect({ choice, effects: effects(script) }).toEqual(
      {
        image: { choice: 'image', effects: ['imgfree', 'kernel', 'initrd', 'boot', 'chain'] },
        disk: { choice: 'disk', effects: architecture === 'bios-x86' ? ['sanboot', 'exit'] : ['exit'] },
        hold: { choice: 'hold', effects: ['chain'] },
      }[architecture === undefined ? 'hold' : bootChoices[state]],
    );
  });

  it('is nothing for a machine nobody expects: it waits and asks again', () => {
    for (const architecture of [...architectures, undefined]) {
      const { choice, script } = bootFor(undefined, architecture, settings);
      expect({ choice, effects: effects(script) }).toEqual({ choice: 'hold', effects: ['chain'] });
      expect(script).toMatch(/^sleep 15\nchain --replace --autofree http:\/\/10\.0\.0\.1:8081\/boot\.ipxe\?mac=/m);
    }
  });

  it('is never ours while a tenant may hold the server', () => {
    const heldByTenant = new Set<State>([
      'ASSIGNED_TO_TENANT',
      ...transitions.filter(({ tenant }) => tenant === 'held').map(({ to }) => to),
    ]);
    // A tenant's server is re-validated only after a person sent it to POWERED_ON, so what counts is where it rests.
    const resting = [...heldByTenant].filter((state) => states[state].stage !== 'discovery');
    expect(resting.length).toBeGreaterThan(2);
    expect(resting.map((state) => [state, bootChoices[state]])).toEqual(resting.map((state) => [state, 'disk']));
  });

  it('is the image wherever the image has work to do', () => {
    for (const state of ['POWERED_ON', 'DISCOVERED', 'HARDENED', 'SANITIZING'] as const)
      expect(bootChoices[state]).toBe('image');
  });

  it('is nothing while firmware is written', () => {
    expect(bootChoices.FIRMWARE_UPDATING).toBe('hold');
  });

  it('is nothing where there is no image for the architecture', () => {
    expect(bootFor('DISCOVERED', 'uefi-arm64', { ...settings, images: {} }).choice).toBe('hold');
  });

  it('names the RAM disk on the kernel’s command line, where an UEFI kernel looks for it', () => {
    expect(bootFor('DISCOVERED', 'uefi-x64', settings).script).toContain(
      'kernel http://10.0.0.1:8081/files/vmlinuz?mac=${netX/mac:hexhyp} initrd=initrd.img quiet ' +
        'rackline.report=http://10.0.0.1:8081/report/0123/inventory BOOTIF=01-${netX/mac:hexhyp} || goto ' +
        'again\ninitrd --name initrd.img ',
    );
  });

  it('cannot be changed by a line break in a setting', () => {
    const images = { 'uefi-x64': { kernel: 'vmlinuz', initrd: 'initrd.img', arguments: 'quiet\nshell' } };
    expect(() => bootFor('DISCOVERED', 'uefi-x64', { ...settings, images })).toThrow(
      expect.objectContaining({ code: 'boot.line-break' }),
    );
  });

  it('begins with a script that tells who asks', () => {
    expect(firstScript(settings)).toContain(
      '/boot.ipxe?mac=${netX/mac:hexhyp}&platform=${platform}&buildarch=${buildarch}&serial=${serial:uristring}',
    );
  });

  it.each([
    ['pcbios', 'i386', 'bios-x86'],
    ['pcbios', 'x86_64', 'bios-x86'],
    ['efi', 'x86_64', 'uefi-x64'],
    ['efi', 'arm64', 'uefi-arm64'],
    ['efi', 'i386', 'uefi-ia32'],
    ['efi', 'riscv64', undefined],
    [undefined, 'x86_64', undefined],
  ])('takes iPXE on %s/%s for %s', (platform, build, architecture) => {
    expect(architectureOfIpxe(platform, build)).toBe(architecture);
  });
});
