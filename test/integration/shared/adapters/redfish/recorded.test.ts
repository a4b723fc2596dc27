import { expect, it } from '@jest/globals';
import { describeContract } from '../../../../kit/contracts.ts';
import { recordedBmcs, understandBmcs, type Understood } from '../../../../bench/real-input.ts';

/** What stands in the recordings, counted by hand. Undefined: the machine does not say. */
const expected: Record<string, { serial?: string; cores?: number; memoryGiB?: number; modules?: number; drives?: number; ports?: number; bios?: string; bmc?: string }> = {
  'dell-r750-idrac9': { serial: 'F54P1G3', cores: 36, memoryGiB: 512, modules: 16, drives: 3, ports: 5, bios: '1.8.2', bmc: '6.00.30.00' },
  'dmtf-public-rackmount1': { serial: '437XR1138R2', cores: 8, memoryGiB: 96, modules: 3, drives: 2, ports: 2, bios: 'P79 v1.45', bmc: '1.45.455b66-rev4' },
  'hpe-dl360gen10plus-ilo5': { serial: 'MXQ2390RHW', cores: 24, memoryGiB: 192, modules: 12, drives: 2, ports: 6, bios: '2.34', bmc: '3.11' },
  'hpe-dl380agen11-ilo6': { serial: '2M2D2J00L4', cores: 64, memoryGiB: 512, modules: 16, drives: 7, ports: 2, bios: '2.44', bmc: '1.66' },
  'lenovo-sr670v2-xcc': { serial: 'J105958B', cores: 64, memoryGiB: 1024, modules: 16, drives: 4, ports: 4, bios: '1.51', bmc: '2.83' },
  'openbmc-2.15': { bmc: '2.15.0-dev-686-g100c36de90' },
  'supermicro-x10sdv-redfish1.0.1': { cores: 8, memoryGiB: 64, modules: 4, ports: 4, bios: '1.2', bmc: '4.0' },
};

const told = ({ facts }: Understood) => ({
  serial: facts?.identity.serial,
  cores: facts?.processors?.reduce((sum, each) => sum + (each.cores ?? 0), 0),
  memoryGiB: facts?.memory && facts.memory.totalMiB / 1024,
  modules: facts?.memory?.modules.length,
  drives: facts?.drives?.length,
  ports: facts?.networkPorts?.length,
  bios: facts?.firmware?.find((each) => each.component === 'bios')?.version,
  bmc: facts?.firmware?.find((each) => each.component === 'bmc')?.version,
});

describeContract('recorded BMCs', 'redfish', () => {
  it('are all understood, and their hosts can be started and booted from the network once', async () => {
    const results = await understandBmcs();
    expect(results.filter((each) => each.problem !== undefined || !each.isDriven)).toEqual([]);
    expect(Object.fromEntries(results.map((each) => [each.sample, told(each)]))).toEqual(expected);
    expect(recordedBmcs()).toHaveLength(Object.keys(expected).length);
  }, 30_000);
});
