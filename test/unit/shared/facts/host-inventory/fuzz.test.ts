import { describe, expect, it } from '@jest/globals';
import { readDmidecode } from '../../../../../shared/facts/host-inventory/dmidecode.ts';
import { readEthtool } from '../../../../../shared/facts/host-inventory/ethtool.ts';
import { readLldp } from '../../../../../shared/facts/host-inventory/lldp.ts';
import { readLshw } from '../../../../../shared/facts/host-inventory/lshw.ts';
import { feed } from '../../../../fuzz/harness.ts';
import { target } from '../../../../fuzz/lldp.ts';
import { randomOf } from '../../../../fuzz/mutate.ts';

describe('what a server says of itself, broken in every way', () => {
  it('is read or refused, and what is read fits our words', async () => {
    expect(await feed(target, 3000, randomOf(20_261))).toMatchObject({ crashes: [] });
  });

  it('does not follow a tree to where no machine goes', () => {
    const depth = 20_000;
    expect(
      readLshw(
        `{"id":"node","serial":"S1","children":[${'{"id":"x","children":['.repeat(depth)}${']}'.repeat(depth)}]}`,
      ).identity.serial,
    ).toBe('S1');
  });

  it('keeps apart a hundred thousand ports without comparing each with all', () => {
    expect(
      readLldp(Array.from({ length: 100_000 }, (_, port) => `lldp.p${port}.chassis.name=leaf-1`).join('\n')).neighbours,
    ).toHaveLength(100_000);
  });

  it.each([
    ['comments', '<!--'],
    ['instructions', '<?'],
  ])('gives up at once on XML of %s that never end', (_what, piece) => {
    expect(() => readLshw(`<list>${piece.repeat(100_000)}`)).toThrow(
      expect.objectContaining({ code: 'host-inventory.unreadable' }),
    );
  });

  it('takes no number for a size that is none', () => {
    expect(readEthtool('Speed: 99999999999999999999Mb/s\nLink detected: yes', 'eno1').port).toEqual({
      name: 'eno1',
      isLinkUp: true,
    });
    expect(
      readDmidecode('Handle 0x1100, DMI type 17, 84 bytes\nMemory Device\n\tSize: 9007199254740991 MB\n').memory,
    ).toBeUndefined();
  });
});
