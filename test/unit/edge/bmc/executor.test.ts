import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Executor } from '../../../../edge/bmc/executor.ts';
import { BmcGate } from '../../../../edge/bmc/gate.ts';
import { CommandLedger } from '../../../../edge/bmc/ledger.ts';
import type { CommandOutcome, EdgeCommand } from '../../../../shared/domain/edge/edge.api.ts';
import { AppError } from '../../../../shared/kernel/errors/app-error.ts';
import { CallFailed } from '../../../../shared/kernel/http-client/failure.ts';
import { bmcOperations, type Bmc, type BmcOperation } from '../../../../shared/ports/bmc.ts';
import { SecretRef } from '../../../../shared/ports/secrets.ts';
import { settle } from '../platform/link.ts';

let ledger: CommandLedger;
let gate: BmcGate;
let answers: { id: string; outcome: CommandOutcome }[];
let called: { operation: BmcOperation; input: unknown; signal: AbortSignal | undefined }[];
let behave: (operation: BmcOperation) => Promise<unknown>;
let isKept: boolean;
let forgotten: SecretRef[];
let executor: Executor;
beforeEach(() => {
  ledger = new CommandLedger(':memory:');
  gate = new BmcGate({ slots: { command: 10, poll: 10 } });
  [answers, called, forgotten, isKept] = [[], [], [], true];
  behave = async () => null;
  executor = anExecutor();
});
afterEach(() => ledger.close());

const bmc = Object.fromEntries(
  Object.keys(bmcOperations).map((operation) => [
    operation,
    (_target: unknown, input: unknown, options?: { signal?: AbortSignal }) => {
      called.push({ operation: operation as BmcOperation, input, signal: options?.signal });
      return behave(operation as BmcOperation);
    },
  ]),
) as unknown as Bmc;
const anExecutor = () =>
  new Executor({
    datacenter: 'dc-nyc-01',
    bmc,
    gate,
    ledger,
    now: () => 1000,
    mayReach: (address) => address.startsWith('https://10.20.'),
    forgetSecrets: (refs) => forgotten.push(...refs),
    answer: async ({ id }, outcome) => {
      answers.push({ id, outcome });
      return isKept;
    },
  });
const serviceRef = SecretRef.parse('bmc/srv_1/service');
const target = { serverId: 'srv_1', datacenterId: 'dc-nyc-01', address: 'https://10.20.0.7', secretRef: serviceRef };
const command = (operation: BmcOperation, more: Partial<EdgeCommand> = {}): EdgeCommand => ({
  id: `c-${operation}`,
  fence: 1,
  operation,
  isWrite: bmcOperations[operation].isWrite,
  target,
  input: {},
  runSeconds: 60,
  ...more,
});
const inTime = () => performance.now() + 60_000;
const outcomes = () => answers.map(({ outcome }) => outcome);

describe('a command', () => {
  it('is carried out, and its answer is as the operation says', async () => {
    behave = async () => 'on';
    await executor.carryOut(command('readPower'), inTime());
    expect(outcomes()).toEqual([{ state: 'done', result: 'on' }]);
    expect(called).toMatchObject([{ operation: 'readPower', input: {} }]);
  });

  it('that writes is begun once, however often it comes', async () => {
    const reset = command('setPower', { input: { action: 'restart' } });
    await Promise.all([executor.carryOut(reset, inTime()), executor.carryOut(reset, inTime())]);
    await executor.carryOut(reset, inTime());
    await anExecutor().carryOut(reset, inTime()); // the next life of the agent
    expect(called).toHaveLength(1);
    expect(outcomes()).toEqual([{ state: 'done', result: null }]);
  });

  it('that comes after a later one to the same controller is refused', async () => {
    await executor.carryOut(command('setPower', { id: 'later', fence: 9, input: { action: 'off' } }), inTime());
    await executor.carryOut(command('setPower', { id: 'earlier', fence: 8, input: { action: 'on' } }), inTime());
    expect(called).toHaveLength(1);
    expect(answers.at(-1)).toMatchObject({
      id: 'earlier',
      outcome: { state: 'failed', error: { code: 'edge.overtaken' } },
    });
  });

  it('whose time limit passes before its turn is not started', async () => {
    await executor.carryOut(command('setPower', { input: { action: 'off' } }), performance.now() - 1);
    expect(called).toEqual([]);
    expect(outcomes()).toMatchObject([{ state: 'failed', error: { code: 'edge.too-late', kind: 'unavailable' } }]);
  });

  it.each([
    ['setPower', { action: 'off' }, { state: 'unknown' }],
    ['readPower', {}, { state: 'failed', error: { code: 'edge.too-late' } }],
  ] as const)('whose time limit passes while it runs is aborted: %s', async (operation, input, outcome) => {
    behave = () =>
      new Promise((_resolve, reject) =>
        called.at(-1)?.signal?.addEventListener('abort', () => reject(new Error('called off'))),
      );
    await executor.carryOut(command(operation, { input }), performance.now() + 5);
    expect(outcomes()).toMatchObject([outcome]);
  });

  it('that fails says why, in the words of the adapter', async () => {
    behave = () =>
      Promise.reject(
        new AppError({
          code: 'redfish.throttled',
          kind: 'unavailable',
          publicMessage: 'No session is free.',
          retryAfterSeconds: 20,
        }),
      );
    await executor.carryOut(command('readFacts'), inTime());
    expect(outcomes()).toEqual([
      {
        state: 'failed',
        error: {
          code: 'redfish.throttled',
          kind: 'unavailable',
          message: 'No session is free.',
          retryAfterSeconds: 20,
        },
      },
    ]);
  });

  it.each([
    ['of another datacenter', { target: { ...target, datacenterId: 'dc-fra-01' } }],
    ['outside the management networks', { target: { ...target, address: 'https://169.254.169.254' } }],
  ])('to a controller %s is refused', async (_what, more) => {
    await executor.carryOut(command('readPower', more), inTime());
    expect(called).toEqual([]);
    expect(outcomes()).toMatchObject([{ state: 'failed', error: { code: 'edge.foreign-address', kind: 'forbidden' } }]);
  });

  it('is refused where its input does not fit the operation, or it says of a write that it is none', async () => {
    await executor.carryOut(command('setPower', { input: { action: 'explode' } }), inTime());
    await executor.carryOut(command('setPower', { id: 'c2', isWrite: false, input: { action: 'off' } }), inTime());
    expect(called).toEqual([]);
    expect(outcomes()).toMatchObject([
      { state: 'failed', error: { code: 'input.invalid' } },
      { state: 'failed', error: { code: 'edge.bad-command' } },
    ]);
  });

  it('that sets or proves a password reads it anew; so does the next one after a refused login', async () => {
    const pending = SecretRef.parse('bmc/srv_1/pending');
    await executor.carryOut(command('readFacts'), inTime());
    expect(forgotten).toEqual([]);
    await executor.carryOut(
      command('ensureAccount', { input: { secretRef: pending, role: 'administrator' } }),
      inTime(),
    );
    await executor.carryOut(command('canLogIn'), inTime());
    expect(forgotten.splice(0)).toEqual([pending, serviceRef]);
    behave = () =>
      Promise.reject(
        new CallFailed({
          system: 'redfish',
          method: 'POST',
          path: '/Sessions',
          failure: 'auth',
          detail: 'it refused the login',
        }),
      );
    await executor.carryOut(command('readPower'), inTime());
    expect(forgotten).toEqual([serviceRef]);
  });
});

describe('what an earlier life of the agent had begun', () => {
  it('is answered for: nobody knows how it went', async () => {
    ledger.begin({ id: 'c-broken', fence: 3, server: 'srv_1', now: 0 });
    await executor.settle();
    expect(answers).toMatchObject([{ id: 'c-broken', outcome: { state: 'unknown' } }]);
    await anExecutor().settle();
    expect(answers).toHaveLength(1);
  });

  it('is answered again when the answer could not be stored', async () => {
    isKept = false;
    await executor.carryOut(command('setPower', { input: { action: 'off' } }), inTime());
    isKept = true;
    await anExecutor().settle();
    expect(outcomes()).toMatchObject([{ state: 'done' }, { state: 'unknown' }]);
  });
});

describe('a controller that goes on with something by itself', () => {
  it('is left alone until that has ended', async () => {
    behave = async () => ({ outcome: 'pending', ticket: 't', pollAfterSeconds: 30 });
    const update = { component: 'bios', version: '2.3', imageUrl: 'http://images/bios-2.3.bin' } as const;
    await executor.carryOut(command('updateFirmware', { input: update }), inTime());
    expect(gate.isHeldExclusively(target.address, 60_000)).toBe(true);
    behave = async () => ({ outcome: 'done', version: '2.3' });
    await executor.carryOut(
      command('updateFirmware', { id: 'c2', fence: 2, input: { ...update, ticket: 't' } }),
      inTime(),
    );
    await settle();
    expect(gate.isHeldExclusively(target.address, 60_000)).toBe(false);
  });
});
