import { beforeEach, describe, expect, it } from '@jest/globals';
import { EventSubscriptions, type EventSubscriptionsOptions } from '../../../../edge/bmc/event-subscriptions.ts';
import { BmcGate } from '../../../../edge/bmc/gate.ts';
import type { Redfish } from '../../../../shared/adapters/redfish/client.ts';
import type { Watching, WatchOptions } from '../../../../shared/adapters/redfish/watch.ts';
import type { BmcTarget } from '../../../../shared/ports/bmc.ts';
import { SecretRef } from '../../../../shared/ports/secrets.ts';
import { LinkTime } from '../platform/link.ts';

interface Watched {
  target: BmcTarget;
  options: WatchOptions;
  hint: () => void;
}
let time: LinkTime;
let gate: BmcGate;
let controllers: { target: BmcTarget; isAnswering: boolean }[];
let isActive: boolean;
let watched: Watched[];
let hints: string[];
let behave: (watch: Watched) => Promise<Watching>;
let eventSubscriptions: EventSubscriptions;
beforeEach(() => {
  time = new LinkTime();
  gate = new BmcGate({ slots: { command: 10, poll: 10 } });
  controllers = [1, 2, 3].map((number) => ({ target: aTarget(number), isAnswering: true }));
  [isActive, watched, hints] = [true, [], []];
  behave = async () => 'sse';
  eventSubscriptions = listen();
});

function listen(more: Partial<EventSubscriptionsOptions> = {}): EventSubscriptions {
  const watch: Redfish['watch'] = (target, onHint, options) => {
    const each = { target, options, hint: () => onHint({ reason: 'event', text: 'something' }) };
    watched.push(each);
    return behave(each);
  };
  const made = new EventSubscriptions({
    controllers: () => controllers,
    bmc: { watch },
    gate,
    isActive: () => isActive,
    onHint: (serverId) => void hints.push(serverId),
    eventsUrl: undefined,
    time,
    ...more,
  });
  made.start();
  return made;
}

const aTarget = (number: number, account = 'service'): BmcTarget => ({
  serverId: `srv-${number}`,
  datacenterId: 'dc-nyc-01',
  address: `https://10.20.0.${number}`,
  secretRef: SecretRef.parse(`bmc/srv-${number}/${account}`),
});
const open = () => watched.filter(({ options }) => !options.signal.aborted).map(({ target }) => target.serverId);
const hanging = ({ options: { signal } }: Watched) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe('listening to controllers', () => {
  it('opens one stream to each that answers, holds up nobody there, and passes on what it hears', async () => {
    controllers[2] = { target: aTarget(3), isAnswering: false };
    await time.pass(10);
    expect(open()).toEqual(['srv-1', 'srv-2']);
    expect(gate.isBusy('https://10.20.0.1')).toBe(false);
    watched[1]?.hint();
    expect(hints).toEqual(['srv-2']);
    expect(eventSubscriptions.status()).toEqual({ streams: 2, subscriptions: 0 });
    controllers[2] = { target: aTarget(3), isAnswering: true };
    await time.pass(2);
    expect(open()).toEqual(['srv-1', 'srv-2', 'srv-3']);
  });

  it.each<[string, () => void, () => void]>([
    [
      'the controller leaves the list',
      () => (controllers = controllers.slice(1)),
      () => controllers.unshift({ target: aTarget(1), isAnswering: true }),
    ],
    [
      'it is being written to',
      () => gate.holdExclusively('https://10.20.0.1', Infinity),
      () => gate.holdExclusively('https://10.20.0.1', 0),
    ],
  ])('ends when %s, and begins again afterwards', async (_name, change, back) => {
    await time.pass(2);
    change();
    await time.pass(2);
    expect(open()).toEqual(['srv-2', 'srv-3']);
    back();
    await time.pass(2);
    expect(open()).toEqual(['srv-2', 'srv-3', 'srv-1']);
  });

  it('goes on with the other account when a password was rotated', async () => {
    await time.pass(2);
    controllers[0] = { target: aTarget(1, 'tenant'), isAnswering: true };
    await time.pass(2);
    expect(watched[0]?.options.signal.aborted).toBe(true);
    expect(watched.at(-1)?.target.secretRef).toBe('bmc/srv-1/tenant');
  });

  it('ends everywhere while another agent acts', async () => {
    await time.pass(2);
    isActive = false;
    await time.pass(2);
    expect(open()).toEqual([]);
    isActive = true;
    await time.pass(2);
    expect(open()).toHaveLength(3);
  });

  it('ends everywhere with the agent, also what is just being opened', async () => {
    behave = hanging;
    await time.pass(2);
    await eventSubscriptions.stop();
    await time.pass(100);
    expect(open()).toEqual([]);
    expect(watched).toHaveLength(3);
  });

  it('says that a controller must not be called while it is being written to, or another agent acts', async () => {
    await time.pass(2);
    const mayCall = () => watched.slice(0, 2).map(({ options }) => options.mayCall?.());
    expect(mayCall()).toEqual([true, true]);
    gate.holdExclusively('https://10.20.0.1', Infinity);
    expect(mayCall()).toEqual([false, true]);
    isActive = false;
    expect(mayCall()).toEqual([false, false]);
  });

  it('has a bounded number of streams', async () => {
    await eventSubscriptions.stop();
    watched = [];
    eventSubscriptions = listen({ mostStreams: 2 });
    await time.pass(60);
    expect(open()).toEqual(['srv-1', 'srv-2']);
    controllers = controllers.slice(1);
    await time.pass(2);
    expect(open()).toEqual(['srv-2', 'srv-3']);
  });

  it('asks one that tells nothing again after some hours', async () => {
    behave = async () => 'none';
    await time.pass(3600);
    expect(watched).toHaveLength(3);
    await time.pass(6 * 3600);
    expect(watched).toHaveLength(6);
    expect(eventSubscriptions.status()).toEqual({ streams: 0, subscriptions: 0 });
  });

  it('tries again ever more rarely where it cannot be asked, and gives up on one that says nothing', async () => {
    behave = ({ target, ...watch }) =>
      target.serverId === 'srv-1' ? hanging({ target, ...watch }) : Promise.resolve('sse');
    const moments: number[] = [];
    for (let seen = 0; moments.length < 4;) {
      await time.pass(1);
      const tries = watched.filter(({ target }) => target.serverId === 'srv-1').length;
      if (tries > seen) moments.push(time.now());
      seen = tries;
    }
    const gaps = moments.slice(1).map((moment, index) => Math.round((moment - (moments[index] ?? 0)) / 1000));
    expect(gaps).toEqual([90, 150, 270].map((gap) => expect.closeTo(gap, -1)));
    expect(gate.isBusy('https://10.20.0.2')).toBe(false);
  });

  it('gives no address to post to where it is not known how controllers reach it', async () => {
    await time.pass(2);
    expect(watched.some(({ options }) => 'destination' in options)).toBe(false);
  });

  describe('where they reach it', () => {
    const post = (address: string | undefined) =>
      eventSubscriptions.routes['POST /bmc-events/*']?.('{}', new URL(address ?? '').pathname.split('/').at(-1) ?? '');
    beforeEach(async () => {
      await eventSubscriptions.stop();
      watched = [];
      behave = async () => 'subscription';
      eventSubscriptions = listen({ eventsUrl: 'http://10.20.0.250:7090' });
      await time.pass(2);
    });

    it('gives each an address that nobody can guess, and takes what is posted there for a hint', async () => {
      const addresses = watched.map(({ options }) => options.destination);
      expect(new Set(addresses).size).toBe(3);
      expect(addresses[0]).toMatch(/^http:\/\/10\.20\.0\.250:7090\/bmc-events\/[\w-]{32}$/);
      expect(await post(addresses[1])).toEqual({ status: 204 });
      expect(hints).toEqual(['srv-2']);
      expect(eventSubscriptions.status()).toEqual({ streams: 0, subscriptions: 3 });
    });

    it('takes nothing posted elsewhere, or by who is not listened to any more', async () => {
      expect(() => post('http://10.20.0.250:7090/bmc-events/srv-1')).toThrow('Nobody posts here');
      const [first] = watched.map(({ options }) => options.destination);
      controllers = controllers.slice(1);
      await time.pass(2);
      expect(() => post(first)).toThrow('Nobody posts here');
      expect(hints).toEqual([]);
    });
  });
});
