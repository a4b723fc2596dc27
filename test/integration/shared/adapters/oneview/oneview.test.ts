import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createOneView } from '../../../../../shared/adapters/oneview/client.ts';
import { ProfileTemplate, ServerHardware, ServerProfile } from '../../../../../shared/adapters/oneview/contract.ts';
import { isManaged, pathOf, profileStanding, taskEnd } from '../../../../../shared/adapters/oneview/map.ts';
import { Secret } from '../../../../../shared/kernel/secret.ts';
import { useLab } from '../../../../kit/adapter-lab.ts';
import { contractJson, describeContract } from '../../../../kit/contracts.ts';
import { oneBmc, vendorToolSuite } from '../../../../kit/vendor-tool-suite.ts';
import type { Simulator } from '../../../../simulators/kit/simulator.ts';
import { createOneViewSimulator, oneviewAccount, type OneViewState } from '../../../../simulators/oneview/oneview.ts';

const deps = useLab(createOneViewSimulator(oneBmc) as unknown as Simulator<never>);
const state = () => deps.lab.state<OneViewState>('oneview');
const open = () =>
  createOneView({
    baseUrl: deps.url('oneview'),
    username: oneviewAccount.username,
    password: new Secret(oneviewAccount.password),
  });

vendorToolSuite(
  deps,
  {
    simulator: 'oneview',
    paths: { register: 'server-hardware$', apply: 'server-profiles$' },
    failNext: (reason) => void (state().nextTaskFails = reason),
    endSessions: () => void (state().sessions = {}),
  },
  open,
);

describe('firmware against the newest bundle', () => {
  it('tells what is behind it', async () => {
    await open().register({
      serial: 'CZ26000001',
      bmcAddress: 'http://127.101.0.7:8443',
      username: 'rackline',
      password: 'right-password',
    });
    await deps.time.pass(600);
    const [first] = state().hardware[0]?.firmware ?? [];
    if (first) first.version = 'U54 v1.90 (01/02/2025)';
    const report = await open().firmwareCompliance('CZ26000001');
    expect(report).toContainEqual({
      component: 'bios',
      name: 'System ROM',
      installed: '1.90',
      baseline: '2.62',
      isCompliant: false,
    });
    expect(report.filter((each) => each.isCompliant)).toHaveLength(2);
  });
});

describe("OneView's words", () => {
  it.each([
    [{ taskState: 'Warning' }, { end: 'done' }],
    [
      { taskState: 'Suspended', percentComplete: 40 },
      { end: 'running', progress: 'Suspended 40 %' },
    ],
    [{ taskState: 'Reticulating' }, { end: 'running', progress: 'Reticulating' }],
    [
      { taskState: 'Killed', taskErrors: [] },
      { end: 'failed', reason: 'the task ended as Killed' },
    ],
    [
      { taskState: 'Error', taskErrors: [{ errorCode: 'X', message: 'The iLO is locked.' }] },
      { end: 'failed', reason: 'The iLO is locked.' },
    ],
  ])('reads the task %j', (task, end) => {
    expect(taskEnd(task)).toEqual(end);
  });

  it.each(['/rest/tasks/1', 'https://oneview.example/rest/tasks/1'])(
    'follows %s from where the appliance is mounted',
    (uri) => {
      expect(pathOf(uri)).toBe('rest/tasks/1');
    },
  );
});

describeContract('recorded OneView bodies', 'oneview', () => {
  it('hold servers, profiles and templates we can read', () => {
    const hardware = z.array(ServerHardware).min(10).parse(contractJson('oneview/samples/ServerHardwareList.json'));
    expect(hardware.every(isManaged)).toBe(true);
    const profiles = z.array(ServerProfile).min(3).parse(contractJson('oneview/samples/ServerProfileList.json'));
    expect(profiles.map(profileStanding)).toEqual(['in progress', 'in progress', 'in force']);
    expect(z.array(ProfileTemplate).parse(contractJson('oneview/samples/ServerProfileTemplates.json'))).toHaveLength(2);
  });

  it('name every field by which the simulator shows a server', async () => {
    const [recorded] = contractJson('oneview/samples/ServerHardwareList.json') as Record<string, unknown>[];
    const shown = deps.calls.flatMap((call) =>
      call.path === '/rest/server-hardware' && call.method === 'GET'
        ? ((call.answer.body as { members: object[] }).members ?? [])
        : [],
    );
    expect(shown.length).toBeGreaterThan(0);
    for (const each of shown) expect(Object.keys(recorded ?? {})).toEqual(expect.arrayContaining(Object.keys(each)));
  });
});
