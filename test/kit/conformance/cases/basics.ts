import { expect } from '@jest/globals';
import { broken } from '../app.ts';
import type { Given } from '../harness.ts';

export function basicCases({ it, run, start, toEnd, client, id, raise, untilWaiting, history, runUntil }: Given): void {
  it('runs activities one after another', async () => {
    const instanceId = id();
    expect(await run('chain', 'hi', instanceId)).toEqual({ a: 'HI', b: { a: 'HI', n: 1 }, c: null, id: instanceId });
  });

  it('writes the history of a chain as the Durable Task Framework does', async () => {
    const instanceId = await start('chain', 'hi');
    await toEnd(instanceId);
    expect(await history(instanceId)).toBe('12 0 4#0 13 | 12 5(0) 4#1 13 | 12 5(1) 4#2 13 | 12 5(2) 1 13 |');
  });

  it('hands values to activities and back as Azure does', async () => {
    expect(await run('types')).toEqual([
      ['string', 's'],
      ['number', 1],
      ['number', 0],
      ['boolean', true],
      ['boolean', false],
      ['undefined', null],
      ['object', { a: 1 }],
      ['array', [1]],
      ['undefined', null],
      ['string', '5'],
      ['string', '{"a":1}'],
      ['string', '1970-01-01T00:00:00.000Z'],
    ]);
  });

  it('gives an orchestrator without input nothing, and an empty text an empty text', async () => {
    expect(await run('input')).toEqual({ type: 'object', input: null });
    expect(await run('input', '')).toEqual({ type: 'string', input: '' });
    expect(await run('input', { deep: [1, 'é', '\u2028'] })).toEqual({
      type: 'object',
      input: { deep: [1, 'é', '\u2028'] },
    });
  });

  it('fans out and in again', async () => {
    expect(await run('fan-out', 200)).toBe(19_900);
  });

  it('shows the custom status while running and after', async () => {
    const instanceId = await start('custom-status');
    await untilWaiting(instanceId);
    expect((await client().status(instanceId))?.customStatus).toBe('"first"');
    await raise(instanceId, 'next');
    await raise(instanceId, 'next');
    expect(await toEnd(instanceId)).toMatchObject({ customStatus: '{"second":2}', output: '"done"' });
  });

  it('makes ids that are different from each other and the same on every replay', async () => {
    const [first, second] = (await run('guids')) as string[];
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).not.toBe(first);
  });

  it('tells replaying from the first time', async () => {
    expect(await run('replaying')).toEqual([true, true, false]);
  });

  it('gives an instance the default version, or the one it was started with', async () => {
    expect(await run('version')).toBe('1.0');
    const instanceId = await client().start({ name: 'version', instanceId: id(), version: '2.5' });
    expect(await toEnd(instanceId)).toMatchObject({ output: '"2.5"' });
  });

  it('fails an instance with what its orchestrator threw', async () => {
    expect(await run('thrower')).toEqual({
      status: 'Failed',
      output: "Orchestrator function 'thrower' failed: the orchestrator broke",
    });
  });

  it('fails, and does not hang, on an error without a message', async () => {
    expect(await run('throws-empty')).toEqual({
      status: 'Failed',
      output: "Orchestrator function 'throws-empty' failed: The orchestrator threw an error without a message.",
    });
    expect(await run('throws-text')).toMatchObject({ status: 'Failed' });
  });

  it('fails, and does not hang, when an unknown activity is called', async () => {
    expect(await run('unknown-activity')).toBe(
      "Activity function 'there-is-no-such-activity' failed: The function 'there-is-no-such-activity' " +
        "doesn't exist, is disabled, or is not an activity function.",
    );
  });

  it('fails, and does not hang, when the output cannot be written as JSON', async () => {
    expect(await run('unstorable')).toMatchObject({ status: 'Failed', output: expect.stringContaining('BigInt') });
  });

  it('fails, and does not hang, when something other than a task is yielded', async () => {
    expect(await run('yields-nothing')).toMatchObject({
      status: 'Failed',
      output: expect.stringContaining('programming constraint violation'),
    });
  });

  it('carries type and properties of an error across the activity boundary', async () => {
    expect(await run('typed-error-caught')).toEqual({
      type: 'TypedError',
      properties: { code: 42 },
      message: 'TypedError: typed',
    });
  });

  it('makes an Error of whatever an activity throws', async () => {
    expect(await run('odd-error-caught')).toBe("Activity function 'odd-error' failed: a plain text");
  });

  it('fails an instance whose code no longer asks for what history recorded', async () => {
    const instanceId = await start('redeployed');
    await raise(instanceId, 'go');
    await runUntil(async () => (await history(instanceId)).includes('5(1)'));
    broken.add('redeployed');
    await raise(instanceId, 'go');
    const { status, output } = await toEnd(instanceId);
    expect(status).toBe('Failed');
    expect(output).toBe(
      "Non-Deterministic workflow detected: history recorded 'activity echo' as number 1, but the replay " +
        "asks for 'activity upper' there. Was the code of 'redeployed' changed while this instance was " +
        'running?',
    );
  });
}
