import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hintsOf, type BmcHint } from '../../../../../shared/adapters/redfish/events.ts';
import type { WatchOptions } from '../../../../../shared/adapters/redfish/watch.ts';
import type { BmcTarget } from '../../../../../shared/ports/bmc.ts';
import { until } from '../../../../kit/until.ts';
import { openStreams } from '../../../../simulators/bmc/events.ts';
import type { ProfileName } from '../../../../simulators/bmc/hardware.ts';
import { aServer, aStand, type Stand } from '../../../../simulators/bmc/stand.ts';
import { takes } from '../../../../simulators/bmc/timing.ts';

let stand: Stand;
let end: AbortController;
let hints: BmcHint[];
let errors: unknown[];
beforeEach(async () => {
  stand = await aStand();
  end = new AbortController();
  [hints, errors] = [[], []];
});
afterEach(() => stand.close());

const serial = 'WATCHED';
const aBmc = (profile: ProfileName): Promise<BmcTarget> => stand.plugIn(aServer(profile, { serial }));
const record = () => stand.fleet.record(serial)!;
const watch = (bmc: BmcTarget, more: Partial<WatchOptions> = {}) =>
  stand.redfish.watch(bmc, (hint) => void hints.push(hint), {
    signal: end.signal,
    onTrouble: (error) => void errors.push(error),
    ...more,
  });
/** Lets time pass, ten seconds after ten seconds, until it is so. */
const inTime = (what: string, condition: () => boolean) =>
  until(what, async () => {
    if (!condition()) await stand.time.pass(10);
    return condition();
  });

describe('a BMC that streams its events', () => {
  it.each(['dell-idrac9', 'lenovo-xcc', 'openbmc'] as const)(
    'gives a hint when something happens: %s',
    async (profile) => {
      expect(await watch(await aBmc(profile))).toBe('sse');
      stand.fleet.ail(serial, { kind: 'inlet-hot', celsius: 44 });
      await until('a hint', () => hints.length > 0);
      expect(hints).toMatchObject([
        {
          reason: 'event',
          severity: 'warning',
          text: expect.stringContaining('44 degrees'),
          code: 'TMP0120',
          at: new Date(stand.time.now()).toISOString(),
        },
      ]);
    },
  );

  it('is listened to within the one session that everything shares', async () => {
    const bmc = await aBmc('dell-idrac9');
    await watch(bmc);
    await stand.redfish.readSensors(bmc);
    expect(record().sessions).toHaveLength(1);
  });

  it('is left with neither stream nor session when nobody wants to hear any more', async () => {
    await watch(await aBmc('dell-idrac9'));
    end.abort();
    await until('all is ended', () => openStreams(record()) === 0 && record().sessions.length === 0);
    stand.fleet.note(serial, 'Critical', 'unheard');
    expect([hints, errors]).toEqual([[], []]);
  });

  it('is left so too when the adapter is closed', async () => {
    await watch(await aBmc('openbmc'));
    await stand.redfish.close();
    expect([openStreams(record()), record().sessions]).toEqual([0, []]);
  });

  it('is listened to again when it has restarted, and that is a hint of its own', async () => {
    const bmc = await aBmc('lenovo-xcc');
    await watch(bmc);
    await stand.redfish.restartBmc(bmc);
    await inTime('it listens again', () => hints.some(({ reason }) => reason === 'listening-again'));
    expect(errors.length).toBeGreaterThan(0);
    stand.fleet.note(serial, 'OK', 'heard again');
    await until('a hint', () => hints.some(({ text }) => text === 'heard again'));
    expect(record().sessions).toHaveLength(1);
  });

  it('is tried again ever more rarely while it stays away', async () => {
    await watch(await aBmc('openbmc'));
    await stand.fleet.unplug(serial);
    await inTime('ten attempts', () => errors.length >= 10);
    const moments: number[] = [];
    const before = errors.length;
    await inTime('three more', () => {
      if (errors.length > before + moments.length) moments.push(stand.time.now());
      return moments.length >= 3;
    });
    expect(moments[2]! - moments[1]!).toBeGreaterThanOrEqual(200_000);
  });

  it('that will not stream, for want of a licence, is subscribed to instead', async () => {
    const bmc = await aBmc('dell-idrac9');
    stand.lab.faults.set({
      system: 'bmc',
      path: 'SSE$',
      times: 2,
      fault: { kind: 'status', status: 403, body: { error: { code: 'x' } } },
    });
    expect(await watch(bmc, { destination: 'http://127.0.0.1:1/x' })).toBe('subscription');
  });

  it('that cannot be reached is not taken for one that tells nothing', async () => {
    const bmc = await aBmc('dell-idrac9');
    await stand.fleet.unplug(serial);
    await expect(watch(bmc)).rejects.toMatchObject({ failure: 'transient' });
  });
});

describe('a BMC that posts its events', () => {
  let receiver: Server;
  let posted: unknown[];
  let destination: string;
  beforeEach(async () => {
    posted = [];
    receiver = createServer((request, response) => {
      let text = '';
      request
        .on('data', (chunk: Buffer) => (text += chunk.toString()))
        .on('end', () => {
          posted.push(JSON.parse(text));
          response.writeHead(204).end();
        });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const address = receiver.address();
    destination = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/bmc-events/0a1b2c`;
  });
  afterEach(() => {
    receiver.closeAllConnections();
    receiver.close();
  });

  it.each(['hpe-ilo6', 'supermicro', 'ami-megarac'] as const)(
    'posts what becomes a hint, with the context by which it is known: %s',
    async (profile) => {
      const bmc = await aBmc(profile);
      expect(await watch(bmc, { destination })).toBe('subscription');
      stand.fleet.ail(serial, { kind: 'fan-stopped', fan: 4 });
      await inTime('the post', () => posted.length > 0);
      expect(posted).toMatchObject([{ Context: `rackline ${bmc.serverId}` }]);
      expect(posted.flatMap(hintsOf)).toMatchObject([
        { reason: 'event', severity: 'critical', text: expect.stringContaining('Fan 4') },
      ]);
      expect(record().sessions).toEqual([]); // a subscription needs none
    },
  );

  it("has one subscription of ours, to the address that holds now; others' are left alone", async () => {
    const bmc = await aBmc('supermicro');
    const context = `rackline ${bmc.serverId}`;
    record().subscriptions = [
      { id: '1', destination: 'http://old', context, failures: 0 },
      { id: '2', destination, context, failures: 0 },
      { id: '3', destination, context, failures: 0 },
      { id: '4', destination, context: 'somebody else', failures: 0 },
    ];
    await watch(bmc, { destination });
    expect(record().subscriptions.map(({ id }) => id)).toEqual(['2', '4']);
    end.abort();
    await until(
      'ours is gone, and the session in which it was ended',
      () => record().subscriptions.length === 1 && record().sessions.length === 0,
    );
    expect(record().subscriptions[0]?.context).toBe('somebody else');
  });

  it('is subscribed to again when it has dropped us, and that is a hint of its own', async () => {
    await watch(await aBmc('hpe-ilo6'), { destination });
    record().subscriptions = [];
    await inTime('it is subscribed again', () => record().subscriptions.length === 1);
    await until('a hint', () => hints.length === 1);
    expect(hints).toMatchObject([{ reason: 'listening-again' }]);
  });

  it('gives up posting where nobody answers', async () => {
    await watch(await aBmc('hpe-ilo6'), { destination: 'http://127.0.0.1:1/nobody' });
    stand.fleet.note(serial, 'Critical', 'unheard');
    await stand.time.pass(61);
    expect(record().subscriptions).toEqual([]);
  });

  it('is asked again when it could not be asked, and unsubscribed from when it can', async () => {
    await watch(await aBmc('hpe-ilo6'), { destination });
    stand.lab.faults.set({ system: 'bmc', path: 'Subscriptions', fault: { kind: 'status', status: 500, body: {} } });
    await inTime('trouble', () => errors.length === 1);
    await stand.redfish.close();
    expect(record().subscriptions).toEqual([]);
  });

  it('is left alone while it must not be called: neither looked after nor unsubscribed from', async () => {
    let mayCall = true;
    await watch(await aBmc('hpe-ilo6'), { destination, mayCall: () => mayCall });
    mayCall = false;
    const before = stand.requests.length;
    await stand.time.pass(1300);
    end.abort();
    await stand.redfish.close();
    expect(stand.requests.slice(before).filter(({ path }) => !path.includes('Sessions'))).toEqual([]);
    expect(record().subscriptions).toHaveLength(1);
  });

  it('is not unsubscribed from for somebody who has taken over', async () => {
    const bmc = await aBmc('hpe-ilo6');
    await watch(bmc, { destination });
    const other = new AbortController();
    await stand.redfish.watch(bmc, () => {}, { signal: other.signal, destination: 'http://127.0.0.1:1/other' });
    end.abort();
    await stand.redfish.readPower(bmc);
    expect(record().subscriptions).toMatchObject([{ destination: 'http://127.0.0.1:1/other' }]);
  });

  it('tells nothing to who gives no address', async () => {
    expect(await watch(await aBmc('hpe-ilo6'))).toBe('none');
  });
});

describe('restarting a BMC', () => {
  it.each([
    ['dell-idrac9', false, 'GracefulRestart'],
    ['hpe-ilo6', true, 'ForceRestart'],
    ['supermicro', true, 'GracefulRestart'],
    ['openbmc', false, 'GracefulRestart'],
    ['openbmc', true, 'ForceRestart'],
  ] as const)('asks a %s, forced: %s, for what it allows: %s', async (profile, isForced, type) => {
    const bmc = await aBmc(profile);
    expect(await stand.redfish.restartBmc(bmc, { isForced })).toBeNull();
    expect(stand.requests.findLast(({ path }) => path.endsWith('Manager.Reset'))?.body).toEqual({ ResetType: type });
    await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({ failure: 'transient' });
    await stand.time.pass(takes.bmcRestart);
    expect(await stand.redfish.readPower(bmc)).toBe('off');
  });

  it('cures one that hangs, and leaves its host running', async () => {
    const bmc = await aBmc('hpe-ilo6');
    await stand.redfish.setPower(bmc, { action: 'on' });
    await stand.time.pass(takes.powerOn);
    stand.fleet.setFault(serial, { kind: 'hung' });
    await expect(stand.redfish.readPower(bmc)).rejects.toMatchObject({ failure: 'transient' });
    await stand.redfish.restartBmc(bmc, { isForced: true });
    await stand.time.pass(takes.bmcRestart);
    expect(await stand.redfish.readPower(bmc)).toBe('on');
  });

  it('may be asked for twice', async () => {
    const bmc = await aBmc('dell-idrac9');
    await stand.redfish.restartBmc(bmc);
    await expect(stand.redfish.restartBmc(bmc)).rejects.toMatchObject({ failure: 'transient' });
    await stand.time.pass(takes.bmcRestart);
    await stand.redfish.restartBmc(bmc);
    await stand.time.pass(takes.bmcRestart);
    expect(await stand.redfish.readPower(bmc)).toBe('off');
  });
});
