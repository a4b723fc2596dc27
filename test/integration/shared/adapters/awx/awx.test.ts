import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createAwx } from '../../../../../shared/adapters/awx/client.ts';
import { Host, JobTemplate } from '../../../../../shared/adapters/awx/contract.ts';
import { toOutcome } from '../../../../../shared/adapters/awx/map.ts';
import { Secret } from '../../../../../shared/kernel/secret.ts';
import { useLab } from '../../../../kit/adapter-lab.ts';
import { contractJson, contractText, describeContract } from '../../../../kit/contracts.ts';
import { awxAccount, awxSimulator, type AwxState } from '../../../../simulators/awx/awx.ts';
import type { Simulator } from '../../../../simulators/kit/simulator.ts';

const deps = useLab(awxSimulator as unknown as Simulator<never>);
const awx = () => createAwx({ baseUrl: deps.url('awx'), token: new Secret(awxAccount.token) });
const state = () => deps.lab.state<AwxState>('awx');
const job = {
  template: 'validate-cis',
  host: 'CZ26000001',
  correlationId: 'commission-srv_01-harden',
  variables: { bmc_address: '127.101.0.7' },
};
const launched = async (over: Partial<typeof job> = {}) => {
  const answer = await awx().runPlaybook({ ...job, ...over });
  if (answer.outcome !== 'pending') throw new Error(`expected a running job, got ${JSON.stringify(answer)}`);
  return answer.ticket;
};

describe('running a playbook', () => {
  it('launches against one host with our variables, and answers what it found when it has ended', async () => {
    const ticket = await launched();
    expect(state().jobs).toMatchObject([
      { limit: job.host, extraVars: { bmc_address: '127.101.0.7', rackline_correlation_id: job.correlationId } },
    ]);
    await deps.time.pass(10);
    await expect(awx().runPlaybook({ ...job, ticket })).resolves.toMatchObject({
      outcome: 'pending',
      progress: 'running',
    });
    await deps.time.pass(120);
    await expect(awx().runPlaybook({ ...job, ticket })).resolves.toMatchObject({
      outcome: 'done',
      jobId: ticket,
      artifacts: { cis: { is_compliant: true } },
    });
  });

  it('puts the host into the inventory once, and takes only its own out again', async () => {
    await launched();
    await launched({ template: 'harden-server' });
    expect(deps.lab.effects.repeated()).toEqual([]);
    state().hosts.push({ id: 7, name: job.host, description: 'put here by a person', inventory: 2, variables: '' });
    await awx().removeHost(job.host);
    await awx().removeHost(job.host);
    expect(state().hosts).toMatchObject([{ id: 7 }]);
  });

  it('never launches the same correlation id twice', async () => {
    const ticket = await launched();
    await expect(awx().runPlaybook(job)).resolves.toMatchObject({ outcome: 'pending', ticket });
    await deps.time.pass(200);
    await expect(awx().runPlaybook(job)).resolves.toMatchObject({ outcome: 'done', jobId: ticket });
    expect(state().jobs).toHaveLength(1);
  });

  it.each(['lost-answer', 'garbled-answer'] as const)(
    'finds its job again when the answer comes as %s',
    async (kind) => {
      deps.lab.faults.set({ system: 'awx', method: 'POST', path: 'launch', fault: { kind } });
      await expect(awx().runPlaybook(job)).resolves.toMatchObject({ outcome: 'pending' });
      expect(state().jobs).toHaveLength(1);
    },
  );

  it('finds its job among hundreds on later pages', async () => {
    const ticket = await launched();
    const [own] = state().jobs;
    for (let id = 1000; id < 1250 && own; id++)
      state().jobs.push({ ...own, id, extraVars: { rackline_correlation_id: `other-${id}` } });
    await expect(awx().runPlaybook(job)).resolves.toMatchObject({ ticket });
  });

  it('refuses, and cancels the job, when the template drops our variables', async () => {
    const template = state().templates.find(({ name }) => name === job.template);
    if (template) template.asksVariables = false;
    await expect(awx().runPlaybook(job)).resolves.toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('prompt on launch'),
    });
    expect(state().jobs).toMatchObject([{ status: 'canceled' }]);
  });

  it('says why a playbook failed', async () => {
    state().failures['validate-cis'] = 'task "auditd is installed" failed';
    const ticket = await launched();
    await deps.time.pass(200);
    await expect(awx().runPlaybook({ ...job, ticket })).resolves.toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('auditd'),
    });
  });

  it('refuses a template AWX does not have', async () => {
    await expect(awx().runPlaybook({ ...job, template: 'no-such' })).resolves.toEqual({
      outcome: 'refused',
      reason: 'AWX has no job template called no-such',
    });
  });

  it('cancels by correlation id and says whether there was a job; one that has ended is left alone', async () => {
    await launched();
    await expect(awx().cancel(job)).resolves.toEqual({ wasLaunched: true });
    await expect(awx().cancel(job)).resolves.toEqual({ wasLaunched: true });
    await expect(awx().cancel({ ...job, correlationId: 'never-launched' })).resolves.toEqual({ wasLaunched: false });
    await expect(awx().cancel({ ...job, template: 'no-such' })).resolves.toEqual({ wasLaunched: false });
    expect(state().jobs).toMatchObject([{ status: 'canceled' }]);
    expect(deps.lab.holdings()).toMatchObject({ awx: { unfinishedJobs: [] } });
  });

  it('waits for a status it has never heard of, and names it', () => {
    expect(toOutcome({ id: 4, status: 'hibernating' })).toEqual({
      outcome: 'pending',
      ticket: '4',
      pollAfterSeconds: 10,
      progress: 'hibernating',
    });
  });
});

/** Method, path and answer of each recorded exchange: enough of YAML for these files. */
const recordings = (file: string) =>
  contractText(`awx/http-recordings/${file}`)
    .split(/\n {4}- id: /)
    .slice(1)
    .map((text) => ({
      method: /\n {8}method: (\w+)/.exec(text)?.[1],
      path: /\n {8}url: http:\/\/[^/]+(\S+)/.exec(text)?.[1] ?? '',
      answer: (/\n {6}response:[\s\S]*?\n {8}body: '(.*)'\n/.exec(text)?.[1] ?? '').replaceAll("''", "'"),
    }));

describeContract('recordings of a live AWX', 'awx', () => {
  it.each([
    { file: 'inventory.yaml', path: /\/hosts\/\d*\/?$/, schema: Host, atLeast: 3 },
    { file: 'job_template_survey_spec.yaml', path: /\/job_templates\/\d*\/?$/, schema: JobTemplate, atLeast: 4 },
  ])('hold answers we can read: $file', ({ file, path, schema, atLeast }) => {
    const answers = recordings(file).filter((each) => path.test(each.path) && each.answer.startsWith('{'));
    expect(answers.length).toBeGreaterThanOrEqual(atLeast);
    for (const { answer } of answers)
      expect(schema.parse(JSON.parse(answer))).toMatchObject({ name: expect.any(String) });
  });

  it('name every field of the hosts we add, and the simulator shows hosts as they do', () => {
    const options = z
      .object({ actions: z.object({ POST: z.record(z.string(), z.unknown()) }) })
      .parse(contractJson('awx/options-24.6.1/host.json'));
    const added = deps.calls.filter((call) => call.method === 'POST' && call.path.endsWith('/hosts/'));
    expect(added.length).toBeGreaterThan(0);
    for (const { body, answer } of added) {
      expect(Object.keys(options.actions.POST)).toEqual(expect.arrayContaining(Object.keys(body as object)));
      const [recorded] = recordings('inventory.yaml')
        .filter((each) => each.method === 'POST' && each.path.endsWith('/hosts/'))
        .map((each) => JSON.parse(each.answer) as object);
      expect(Object.keys(recorded ?? {})).toEqual(expect.arrayContaining(Object.keys(answer.body as object)));
    }
  });
});
