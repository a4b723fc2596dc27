import { expect } from '@jest/globals';
import type { Given } from '../harness.ts';

export function familyCases({ it, run, start, toEnd, raise, id, client, untilStatus, runUntil }: Given): void {
  it('calls sub-orchestrations, named and unnamed, and hears their failures', async () => {
    const instanceId = id();
    expect(await run('parent', undefined, instanceId)).toEqual({
      a: 'ONE',
      id: `${instanceId}-child`,
      caught: "Orchestrator function 'thrower' failed: the orchestrator broke",
    });
  });

  it('knows the parent of a child', async () => {
    const instanceId = id();
    await run('parent', undefined, instanceId);
    expect(await client().status(`${instanceId}-child`)).toMatchObject({
      parentInstanceId: instanceId,
      status: 'Completed',
    });
  });

  it('runs many children at once', async () => {
    expect(await run('parent-of-many', { children: 20 })).toEqual(
      Array.from({ length: 20 }, (_, index) => `C${index}`),
    );
  });

  it('fails, and does not hang, when an unknown orchestrator is called', async () => {
    expect(await run('parent-of-unknown')).toBe(
      "Orchestrator function 'there-is-no-such-orchestrator' failed: The function " +
        "'there-is-no-such-orchestrator' doesn't exist, is disabled, or is not an orchestrator function.",
    );
  });

  it('fails, and does not hang, when the id of a child is taken or is none', async () => {
    const taken = await start('three-events');
    expect(await run('parent-of-taken-id', { id: taken })).toBe(
      `The sub-orchestration 'chain' cannot begin: an instance '${taken}' exists and has not ended.`,
    );
    expect(await run('parent-of-misnamed')).toContain("The sub-orchestration 'chain' cannot be called 'not/an/id'");
  });

  it('does not end the children with the parent', async () => {
    const parent = await start('parent-of-waiting');
    const child = `${parent}-child`;
    await runUntil(async () => (await client().status(child))?.status === 'Running');
    expect(await client().terminate(parent, 'enough')).toBe('accepted');
    await untilStatus(parent, 'Terminated');
    for (const value of [1, 2, 3]) await raise(child, 'event', value);
    expect(await toEnd(child)).toMatchObject({ status: 'Completed', output: '[1,2,3]' });
    expect(await client().status(parent)).toMatchObject({ status: 'Terminated' });
  });

  it('tells the parent when a child is terminated', async () => {
    const parent = await start('parent-of-waiting');
    const child = `${parent}-child`;
    await runUntil(async () => (await client().status(child)) !== undefined);
    await client().terminate(child, 'enough');
    expect(await toEnd(parent)).toMatchObject({ status: 'Failed', output: expect.stringContaining('enough') });
  });
}
