import { describe, expect, it } from '@jest/globals';
import { createOpenManage } from '../../../../../shared/adapters/openmanage/client.ts';
import { Device, DiscoveryGroup, pageOf } from '../../../../../shared/adapters/openmanage/contract.ts';
import { jobEnd, selecting, toDiscovery } from '../../../../../shared/adapters/openmanage/map.ts';
import { Secret } from '../../../../../shared/kernel/secret.ts';
import { useLab } from '../../../../kit/adapter-lab.ts';
import { contractJson, describeContract } from '../../../../kit/contracts.ts';
import { oneBmc, vendorToolSuite } from '../../../../kit/vendor-tool-suite.ts';
import type { Simulator } from '../../../../simulators/kit/simulator.ts';
import {
  createOpenManageSimulator,
  openmanageAccount,
  type OpenManageState,
} from '../../../../simulators/openmanage/openmanage.ts';

const deps = useLab(createOpenManageSimulator(oneBmc) as unknown as Simulator<never>);
const state = () => deps.lab.state<OpenManageState>('openmanage');
const open = () =>
  createOpenManage({
    baseUrl: deps.url('openmanage'),
    username: openmanageAccount.username,
    password: new Secret(openmanageAccount.password),
  });
const registered = async () => {
  await open().register({
    serial: 'CZ26000001',
    bmcAddress: 'http://127.101.0.7:8443',
    username: 'rackline',
    password: 'right-password',
  });
  await deps.time.pass(600);
};

vendorToolSuite(
  deps,
  {
    simulator: 'openmanage',
    paths: { register: 'DiscoveryConfigGroups$', apply: 'Deploy$' },
    failNext: () => void (state().nextJobEnds = 2070),
    endSessions: () => void (state().sessions = {}),
  },
  open,
);

describe('firmware against the baseline', () => {
  it('tells what is behind it', async () => {
    await registered();
    const [bios] = state().devices[0]?.firmware ?? [];
    if (bios) bios.CurrentVersion = '2.1.5';
    const report = await open().firmwareCompliance('CZ26000001');
    expect(report).toContainEqual({
      component: 'bios',
      name: 'BIOS',
      installed: '2.1.5',
      baseline: '2.7.5',
      isCompliant: false,
    });
    expect(report.filter((each) => each.isCompliant)).toHaveLength(2);
  });
});

describe('lists longer than a page', () => {
  it('are read to their end', async () => {
    for (let id = 1; id <= 180; id++) state().groups.push({ Id: id, Name: `other-${id}`, TaskId: 1 });
    await registered();
    await open().unregister('CZ26000001');
    expect(deps.lab.holdings()).toMatchObject({ openmanage: { registrations: [] } });
    expect(state().groups).toHaveLength(180);
  });
});

describe("OpenManage's words", () => {
  it.each([
    [2060, 'done'],
    [2090, 'done'],
    [2070, 'failed'],
    [2101, 'failed'],
    [2050, 'running'],
    [2999, 'running'],
  ])('reads job status %i as %s', (Id, end) => {
    expect(jobEnd({ Id: 1, LastRunStatus: { Id } })).toMatchObject({ end });
  });

  it('never encodes a space as a plus sign', () => {
    expect(selecting('api/DeviceService/Devices', "DeviceServiceTag eq 'A B'")).toBe(
      "api/DeviceService/Devices?$filter=DeviceServiceTag%20eq%20'A%20B'",
    );
  });
});

describeContract('recorded OpenManage bodies', 'dell-ome', () => {
  it('hold devices and discoveries we can read', () => {
    const { value } = pageOf(Device).parse(contractJson('dell-ome/samples/responseGetAllDevices.json'));
    expect(value.map((device) => device.DeviceServiceTag)).toContain('CZMC1T2');
    expect(DiscoveryGroup.parse(contractJson('dell-ome/samples/responseCreateDiscovery.json'))).toMatchObject({
      DiscoveryConfigTaskParam: [{ TaskId: 12926 }],
    });
    expect(DiscoveryGroup.parse(contractJson('dell-ome/samples/responseGetDiscoveryByGroupID.json'))).toMatchObject({
      DiscoveryConfigGroupId: 51,
    });
  });

  it('name every field of the discovery we ask for', () => {
    const recorded = contractJson('dell-ome/samples/payloadCreateDiscovery.json') as {
      DiscoveryConfigModels: [{ ConnectionProfile: string; DiscoveryConfigTargets: object[] }];
    };
    const ours = toDiscovery({ serial: 'S', host: '10.1.2.3', username: 'u', password: 'p' });
    const names = (value: unknown): string[] =>
      Object.entries(value ?? {}).flatMap(([key, each]) => [
        ...(/^\d+$/.test(key) ? [] : [key]),
        ...(typeof each === 'object' ? names(each) : []),
      ]);
    expect(names(recorded)).toEqual(expect.arrayContaining(names(ours)));
    const theirProfile = names(JSON.parse(recorded.DiscoveryConfigModels[0].ConnectionProfile));
    // Dell's own modules send this one with a zero; the recording leaves it out.
    expect([...theirProfile, 'profileId']).toEqual(
      expect.arrayContaining(names(JSON.parse(ours.DiscoveryConfigModels[0]?.ConnectionProfile ?? ''))),
    );
  });

  it('name every field by which the simulator shows a device', () => {
    const recorded = contractJson('dell-ome/samples/responseGetAllDevices.json') as { value: object[] };
    const shown = deps.calls.flatMap((call) =>
      call.path === '/api/DeviceService/Devices' ? ((call.answer.body as { value?: object[] }).value ?? []) : [],
    );
    expect(shown.length).toBeGreaterThan(0);
    for (const each of shown)
      expect(Object.keys(recorded.value[0] ?? {})).toEqual(expect.arrayContaining(Object.keys(each)));
  });
});
