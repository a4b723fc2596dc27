import { describe, expect, it } from '@jest/globals';
import { createJira } from '../../../../../shared/adapters/jira/client.ts';
import { Secret } from '../../../../../shared/kernel/secret.ts';
import { useLab } from '../../../../kit/adapter-lab.ts';
import { describeContract, openApi } from '../../../../kit/contracts.ts';
import { jiraAccount, jiraSimulator, type JiraState } from '../../../../simulators/jira/jira.ts';
import type { Simulator } from '../../../../simulators/kit/simulator.ts';

const deps = useLab(jiraSimulator as unknown as Simulator<never>);
const jira = () =>
  createJira({
    baseUrl: deps.url('jira'),
    email: jiraAccount.email,
    apiToken: new Secret(jiraAccount.apiToken),
    project: jiraAccount.project,
  });
const fault = {
  faultId: 'fnd_01',
  summary: 'srv_01: DIMM A3 is missing',
  description: 'The manifest promises 16 modules.\nFound: 15.\n\nHistory: https://rackline.example/assets/srv_01',
  priority: 'high' as const,
};
const issues = () => deps.lab.state<JiraState>('jira').issues;

describe('the ticket desk', () => {
  it('opens a ticket that people can read and Rackline can find again', async () => {
    await expect(jira().open(fault)).resolves.toEqual({ key: 'RACK-1', url: `${deps.url('jira')}/browse/RACK-1` });
    expect(issues()).toMatchObject([
      {
        properties: { 'rackline.fault': 'fnd_01' },
        fields: { priority: { name: 'High' }, labels: ['rackline', 'rackline-fnd_01'] },
      },
    ]);
  });

  it('opens one ticket per fault, however often it is asked', async () => {
    await jira().open(fault);
    await expect(jira().open(fault)).resolves.toMatchObject({ key: 'RACK-1' });
    await expect(jira().open({ ...fault, faultId: 'fnd_02' })).resolves.toMatchObject({ key: 'RACK-2' });
  });

  it.each(['lost-answer', 'garbled-answer'] as const)(
    'finds its ticket again when the answer comes as %s',
    async (kind) => {
      deps.lab.faults.set({ system: 'jira', method: 'POST', path: '/issue$', fault: { kind } });
      await expect(jira().open(fault)).resolves.toMatchObject({ key: 'RACK-1' });
      expect(deps.lab.effects.repeated()).toEqual([]);
      expect(issues()).toHaveLength(1);
    },
  );

  it('does not open a second one while the search lags behind a lost answer', async () => {
    deps.lab.faults.set({ system: 'jira', method: 'POST', path: '/issue$', fault: { kind: 'lost-answer' } });
    deps.lab.state<JiraState>('jira').searchLagSeconds = 20;
    await expect(jira().open(fault)).rejects.toMatchObject({ code: 'jira.unknownOutcome' });
    await deps.time.pass(20);
    await expect(jira().open(fault)).resolves.toMatchObject({ key: 'RACK-1' });
    expect(issues()).toHaveLength(1);
  });

  it('adds a comment once though the answer was lost', async () => {
    const { key } = await jira().open(fault);
    deps.lab.faults.set({ system: 'jira', method: 'POST', path: 'comment', fault: { kind: 'lost-answer' } });
    await jira().comment(key, 'A spare is on its way.\n\nExpected on Tuesday.');
    expect(issues()[0]?.comments).toHaveLength(1);
  });

  it('closes with its reason, by whatever step the workflow offers, and twice is the same as once', async () => {
    const { key } = await jira().open(fault);
    await jira().close(key, 'The module was seated anew; 16 found.');
    await jira().close(key, 'The module was seated anew; 16 found.');
    expect(issues()).toMatchObject([{ status: 'done', comments: [{}] }]);
  });

  it('takes a lost answer to closing for closed once Jira says so', async () => {
    const { key } = await jira().open(fault);
    deps.lab.faults.set({ system: 'jira', method: 'POST', path: 'transitions', fault: { kind: 'lost-answer' } });
    await jira().close(key, 'Done.');
    expect(issues()).toMatchObject([{ status: 'done' }]);
  });

  it('waits when Jira asks for patience', async () => {
    deps.lab.faults.set({
      system: 'jira',
      path: 'search',
      fault: { kind: 'status', status: 429, retryAfterSeconds: 0 },
    });
    await expect(jira().open(fault)).resolves.toMatchObject({ key: 'RACK-1' });
  });
});

describeContract("Atlassian's own document", 'jira', () => {
  it('describes every call we make, and every answer the simulator gives', () => {
    const document = openApi('jira/platform-v3-trimmed.json');
    const complaints = deps.calls.flatMap((call) => {
      const operation = document.operationFor(call.method, call.path);
      if (!operation) return [`${call.method} ${call.path} is not documented`];
      const unknown = Object.keys(call.query)
        .filter((name) => !operation.queryNames.has(name))
        .map((name) => `the parameter ${name} is not documented`);
      const found = [
        ...unknown,
        ...operation.checkRequest(call.body),
        ...operation.checkResponse(call.answer.status, call.answer.body),
      ];
      return found.map((complaint) => `${call.method} ${call.path} ${call.answer.status} ${complaint}`);
    });
    expect(deps.calls.length).toBeGreaterThan(30);
    expect(complaints).toEqual([]);
  });
});
