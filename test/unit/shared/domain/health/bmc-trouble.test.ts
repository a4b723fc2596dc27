import { describe, expect, it } from '@jest/globals';
import { askBmc } from '../../../../../shared/domain/health/bmc-trouble.ts';
import { AppError, type ErrorKind } from '../../../../../shared/kernel/errors/app-error.ts';
import { CallFailed, type Failure } from '../../../../../shared/kernel/http-client/failure.ts';
import type { Bmc, BmcTarget } from '../../../../../shared/ports/bmc.ts';
import { SecretRef } from '../../../../../shared/ports/secrets.ts';

const target: BmcTarget = {
  serverId: 'srv',
  datacenterId: 'dc',
  address: 'https://10.0.0.1',
  secretRef: SecretRef.parse('bmc/srv/service'),
};
const error = (code: string, kind: ErrorKind = 'unavailable') =>
  new AppError({ code, kind, publicMessage: 'So it is.' });
const call = (failure: Failure, system = 'redfish') =>
  new CallFailed({ system, method: 'GET', path: '/', failure, detail: 'it failed' });
const ask = (thrown: unknown, probe: () => Promise<unknown> = async () => ({})) =>
  askBmc({ probe } as unknown as Bmc, target, () => Promise.reject(thrown));

describe('what a management controller is asked', () => {
  it('is answered with what it says', async () => {
    expect(await askBmc({} as Bmc, target, async () => 42)).toEqual({ ok: 42 });
  });

  it.each([
    [
      'no answer, and the service root answers neither',
      call('transient'),
      () => Promise.reject(call('transient')),
      'unreachable',
    ],
    ['no answer, though the service root answers', call('transient'), undefined, 'hangs'],
    ['half an answer', call('unexpectedAnswer'), undefined, 'hangs'],
    ['too many sessions', call('throttled'), undefined, 'hangs'],
    ['a write whose answer was lost', call('unknownOutcome'), undefined, 'hangs'],
    [
      'the same, told by an agent',
      error('redfish.transient'),
      () => Promise.reject(error('redfish.transient')),
      'unreachable',
    ],
    ['what an agent began and did not end', error('edge-agent.no-answer'), undefined, 'hangs'],
    ['a refused login', call('auth'), undefined, 'login-refused'],
    ['a refused login that is not tried again', error('redfish.login-refused', 'conflict'), undefined, 'login-refused'],
    ['no login in the safe', error('redfish.no-credentials', 'conflict'), undefined, 'no-credentials'],
    ['no network boot', error('redfish.network-boot-missing', 'conflict'), undefined, 'no-network-boot'],
    [
      'an address outside the management networks',
      error('edge.foreign-address', 'forbidden'),
      undefined,
      'foreign-address',
    ],
    ['a refusal', call('conflict'), undefined, 'refuses'],
    [
      'a login that is good for nothing before its password is changed',
      error('redfish.password-change-required', 'conflict'),
      undefined,
      'refuses',
    ],
  ] as const)('with %s is trouble of its own kind', async (_what, thrown, probe, kind) => {
    expect(await ask(thrown, probe)).toEqual({
      trouble: { kind, reason: expect.stringMatching(/^the BMC at https:\/\/10\.0\.0\.1 .+\)$/) },
    });
  });

  it.each([
    ['nobody fetched it', error('edge-agent.not-fetched'), undefined],
    ['it came too late', error('edge.too-late'), undefined],
    [
      'the agent went away before the controller could be probed',
      error('edge-agent.no-answer'),
      () => Promise.reject(error('edge-agent.not-fetched')),
    ],
  ] as const)('says nothing of it where the agent is away: %s', async (_what, thrown, probe) => {
    expect(await ask(thrown, probe)).toEqual({ unreachable: expect.any(String) });
  });

  it.each([
    ['the safe is away', call('transient', 'vault')],
    ['the safe refuses us', call('auth', 'vault')],
    ['the database is away', new Error('connect ECONNREFUSED')],
    ['it was asked wrongly', error('input.invalid', 'invalid')],
  ])('is thrown where that is none of its doing: %s', async (_what, thrown) => {
    await expect(ask(thrown)).rejects.toBe(thrown);
  });
});
