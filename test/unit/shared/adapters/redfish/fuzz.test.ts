import { describe, expect, it } from '@jest/globals';
import { Drive, Memory, SimpleStorage } from '../../../../../shared/adapters/redfish/contract.ts';
import { toDrive, toMemory } from '../../../../../shared/adapters/redfish/map.ts';
import { serviceOver } from '../../../../../shared/adapters/redfish/service.ts';
import { builtTree } from '../../../../fuzz/bmc-tree.ts';
import { feed } from '../../../../fuzz/harness.ts';
import { randomOf } from '../../../../fuzz/mutate.ts';
import { bmcOf, target } from '../../../../fuzz/redfish.ts';

describe('what a BMC answers, broken in every way', () => {
  it('is read or refused, and what is read fits our words', async () => {
    expect(await feed(target, 3000, randomOf(20_262))).toMatchObject({ crashes: [] });
  });

  it('is given up when its pages never end', async () => {
    await expect(serviceOver(bmcOf(builtTree)).members({ '@odata.id': '/endless/0' }, SimpleStorage)).rejects.toThrow(
      expect.objectContaining({
        code: 'redfish.unexpectedAnswer',
        publicMessage: expect.stringContaining('more than 200 pages'),
      }),
    );
  });

  it('gives no size where the number is none', () => {
    expect(toDrive(Drive.parse({ '@odata.id': '/d', Id: '1', CapacityBytes: 1e300 })).sizeBytes).toBeUndefined();
    expect(toMemory([Memory.parse({ Id: '1', CapacityMiB: 1e300 })], 64)).toEqual({ totalMiB: 65536, modules: [] });
  });
});
