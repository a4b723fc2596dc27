import { describe, expect, it } from '@jest/globals';
import { createOneView } from '../../../shared/adapters/oneview/client.ts';
import { createOpenManage } from '../../../shared/adapters/openmanage/client.ts';
import { Secret } from '../../../shared/kernel/secret.ts';
import type { VendorTool } from '../../../shared/ports/vendor-tool.ts';
import { SteppedTime } from '../../kit/stepped-time.ts';
import { until } from '../../kit/until.ts';
import { freePort } from '../../simulators/bmc/addresses.ts';
import { BmcFleet } from '../../simulators/bmc/fleet.ts';
import { hardwareFromManifest } from '../../simulators/bmc/hardware.ts';
import { Lab } from '../../simulators/kit/lab.ts';
import type { Simulator } from '../../simulators/kit/simulator.ts';
import { createOneViewSimulator, oneviewAccount } from '../../simulators/oneview/oneview.ts';
import { createOpenManageSimulator, openmanageAccount } from '../../simulators/openmanage/openmanage.ts';
import { buildMachine } from '../../simulators/vendors/factory.ts';

const config = { cpu: '2x Intel Xeon Gold 6530', ram: '512GB DDR5', storage: '4x 3.84TB NVMe', network: '2x 100GbE' };

describe.each(['hpe', 'dell'] as const)('a machine as %s ships it', (vendor) => {
  it('is known to its fleet manager by the serial on the ship notice, once that has logged in at its BMC', async () => {
    const time = new SteppedTime();
    const fleet = new BmcFleet({ port: await freePort() });
    const lab = new Lab({
      simulators: [
        fleet.simulator,
        createOneViewSimulator(),
        createOpenManageSimulator(),
      ] as unknown as Simulator<never>[],
      time,
    });
    await lab.listen();
    try {
      await fleet.attach(lab);
      const server = hardwareFromManifest(buildMachine(vendor, 1, 'PO-1', config), { datacenter: 'dc-nyc-01' });
      const bmcAddress = await fleet.plugIn(server);
      await time.pass(900);
      await until('the BMC to answer', () =>
        fetch(`${bmcAddress}/redfish/v1`).then(
          (answer) => answer.ok,
          () => false,
        ),
      );

      const tool: VendorTool =
        vendor === 'hpe'
          ? createOneView({
              baseUrl: `${lab.url}/oneview`,
              username: oneviewAccount.username,
              password: new Secret(oneviewAccount.password),
            })
          : createOpenManage({
              baseUrl: `${lab.url}/openmanage`,
              username: openmanageAccount.username,
              password: new Secret(openmanageAccount.password),
            });
      await expect(
        tool.register({ serial: server.serial, bmcAddress, ...server.factoryAccount }),
      ).resolves.toMatchObject({ outcome: 'pending' });
      await time.pass(600);
      await expect(tool.isRegistered(server.serial)).resolves.toBe(true);
      await fleet.unplug(server.serial);
    } finally {
      await lab.close();
    }
  });
});
