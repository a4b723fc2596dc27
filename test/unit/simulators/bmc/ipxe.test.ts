import { describe, expect, it } from '@jest/globals';
import { bootFor } from '../../../../edge/boot/boot-for.ts';
import { firstScript, imageScript, type ScriptSettings } from '../../../../edge/boot/scripts.ts';
import { State } from '../../../../shared/lifecycle/states.ts';
import { reportUrlIn } from '../../../simulators/bmc/image.ts';
import { chainTo, runIpxe, type IpxeOutcome, type IpxeState } from '../../../simulators/bmc/ipxe.ts';

const scriptSettings: ScriptSettings = {
  baseUrl: 'http://boot',
  waitSeconds: 15,
  images: { 'uefi-x64': { kernel: 'vmlinuz', initrd: 'initramfs', arguments: 'console=ttyS0 quiet' } },
};
const settings = {
  'netX/mac:hexhyp': '02-00-00-00-00-aa',
  platform: 'efi',
  buildarch: 'x86_64',
  'serial:uristring': 'ABC%201',
};

/** A boot server that gives machines the script of `state`, and files as long as `hasFiles`. */
function aBootServer(state: State | undefined, hasFiles = () => true) {
  const asked: string[] = [];
  const decision = bootFor(state, 'uefi-x64', scriptSettings);
  const script =
    decision.choice === 'image'
      ? imageScript(decision.reason, decision.image, 'http://boot/report/t/inventory', scriptSettings)
      : decision.script;
  return {
    asked,
    fetchText: async (url: string) => {
      asked.push(url);
      if (url.includes('/files/')) return hasFiles() ? 'bytes' : undefined;
      return url.includes('mac=') ? script : firstScript(scriptSettings);
    },
  };
}
/** Runs until it no longer sleeps, or has slept so often. */
async function run(
  state: IpxeState,
  fetchText: (url: string) => Promise<string | undefined>,
  naps = 3,
): Promise<{ outcome: IpxeOutcome; slept: number[] }> {
  const slept: number[] = [];
  for (;;) {
    const outcome = await runIpxe(state, settings, fetchText);
    if (outcome.kind !== 'sleeps' || slept.length === naps) return { outcome, slept };
    slept.push(outcome.seconds);
  }
}

describe('iPXE, as far as our scripts use it', () => {
  it('asks as itself, fetches kernel and RAM disk, and is told where to report', async () => {
    const { asked, fetchText } = aBootServer('DISCOVERED');
    const { outcome } = await run(chainTo('http://boot/boot.ipxe'), fetchText);
    expect(asked).toEqual([
      'http://boot/boot.ipxe',
      expect.stringContaining(
        'http://boot/boot.ipxe?mac=02-00-00-00-00-aa&platform=efi&buildarch=x86_64&serial=ABC%201&',
      ),
      'http://boot/files/vmlinuz?mac=02-00-00-00-00-aa',
      'http://boot/files/initramfs?mac=02-00-00-00-00-aa',
    ]);
    expect(outcome).toEqual({
      kind: 'boots',
      arguments:
        'initrd=initramfs console=ttyS0 quiet rackline.report=http://boot/report/t/inventory ' +
        'BOOTIF=01-02-00-00-00-00-aa',
    });
    expect(outcome.kind === 'boots' && reportUrlIn(outcome.arguments)).toBe('http://boot/report/t/inventory');
  });

  it('goes on to the machine’s own drive', async () => {
    expect((await run(chainTo('http://boot/boot.ipxe'), aBootServer('IN_SERVICE').fetchText)).outcome).toEqual({
      kind: 'exits',
    });
  });

  it('waits and asks again, from a saved state as well', async () => {
    const { asked, fetchText } = aBootServer('CABLED');
    const state = chainTo('http://boot/boot.ipxe');
    expect(await run(state, fetchText)).toEqual({ outcome: { kind: 'sleeps', seconds: 15 }, slept: [15, 15, 15] });
    const before = asked.length;
    await run(JSON.parse(JSON.stringify(state)) as IpxeState, fetchText, 0);
    expect(asked.length).toBe(before + 1);
  });

  it('asks again when a file does not come, and boots when it does', async () => {
    let refusals = 2;
    const { fetchText } = aBootServer('DISCOVERED', () => refusals-- <= 0);
    expect(await run(chainTo('http://boot/boot.ipxe'), fetchText)).toMatchObject({
      outcome: { kind: 'boots' },
      slept: [15, 15],
    });
  });

  it('keeps trying while nobody answers', async () => {
    expect(await run(chainTo('http://boot/boot.ipxe'), async () => undefined)).toEqual({
      outcome: { kind: 'sleeps', seconds: 10 },
      slept: [10, 10, 10],
    });
  });

  it.each([
    ['an unknown command', 'shell', /knows no 'shell'/],
    ['a label that is not there', 'goto nowhere', /no label 'nowhere'/],
    ['a circle without a pause', ':a\ngoto a', /circle/],
  ])('refuses a script of ours with %s', async (_what, script, complaint) => {
    await expect(runIpxe({ lines: script.split('\n'), at: 0 }, settings, async () => '')).rejects.toThrow(complaint);
  });

  it.each(State.options)('understands what a server in %s is given', async (state) => {
    await expect(run(chainTo('http://boot/boot.ipxe'), aBootServer(state).fetchText)).resolves.toBeDefined();
  });
});
