import { beforeEach, describe, expect, it } from '@jest/globals';
import type { BootAnswer } from '../../../../edge/boot/boot-server.ts';
import { BootTracker } from '../../../../edge/boot/boot-tracker.ts';
import { BootTokens } from '../../../../edge/image-jobs/tokens.ts';
import { silentEdgeLog } from '../../../../edge/kernel/log.ts';
import { aServer, TrackerParts } from '../kit.ts';
import { settle } from '../platform/link.ts';

const [port, unknown] = ['00:1a:00:00:00:11', 'f4:e9:d4:00:00:99'];
let parts: TrackerParts;
let tokens: BootTokens;
let tracker: BootTracker;
beforeEach(() => {
  parts = new TrackerParts();
  tokens = new BootTokens({ store: parts.store, clock: parts.time });
  tracker = new BootTracker({
    datacenter: 'dc-nyc-01',
    expected: parts.expected,
    tokens,
    reported: parts.reported,
    emit: parts.emit,
    time: parts.time,
    log: silentEdgeLog,
    onFault: parts.onFault,
  });
});
async function asks(choice: BootAnswer['choice'], mac = port, more: object = {}): Promise<void> {
  tracker.heard(
    {
      mac,
      address: '10.0.0.77',
      architecture: 'uefi-x64',
      serial: undefined,
      uuid: undefined,
      manufacturer: undefined,
      product: undefined,
      ...more,
    },
    { choice, reason: `the server is ${parts.expected.servers[0]?.state}` },
  );
  await settle();
}
const reported = () => parts.of('boot-answered').map(({ choice, reason }) => `${choice}: ${reason}`);

describe('a machine that boots', () => {
  it('is known by the state of its server', () => {
    expect([tracker.stateOf(port), tracker.stateOf(unknown)]).toEqual(['DISCOVERED', undefined]);
  });

  it('waits where its state is a word of a newer platform', () => {
    parts.expected.servers = [aServer({ state: 'QUANTUM' })];
    expect(() => tracker.stateOf(port)).toThrow(expect.objectContaining({ code: 'boot.unknown-state' }));
  });

  it('is reported once for each boot, however often it has to ask', async () => {
    for (const choice of ['queue', 'queue', 'image', 'image'] as const) await asks(choice);
    expect(reported()).toEqual(['image: the server is DISCOVERED']);
    expect(parts.emitted).toEqual([
      {
        kind: 'boot-answered',
        mac: port,
        serverId: 'srv-1',
        choice: 'image',
        reason: 'the server is DISCOVERED',
        architecture: 'uefi-x64',
      },
    ]);
    await parts.time.pass(600);
    await asks('image');
    expect(reported()).toHaveLength(2);
  });

  it('that waits is reported when it has waited a while, once, and then what it boots', async () => {
    for (let turn = 0; turn < 20; turn++) {
      await asks('hold');
      if (turn === 3) expect(reported()).toEqual([]);
      await parts.time.pass(15);
    }
    await asks('image');
    expect(reported()).toEqual(['hold: the server is DISCOVERED', 'image: the server is DISCOVERED']);
  });

  it('that has to wait makes us ask whether its state is newer', async () => {
    await asks('hold');
    expect(parts.expected.refreshes).toBe(1);
  });

  it('is reported the next time when it could not be stored', async () => {
    parts.isJournalFull = true;
    await asks('image');
    expect(parts.faults).toEqual([expect.stringContaining('the journal is full')]);
    parts.isJournalFull = false;
    await asks('image');
    expect(reported()).toHaveLength(1);
  });

  it('loses the token of its image when it boots its own drive', async () => {
    const token = tracker.tokenFor(port);
    await asks('hold');
    expect(tokens.holderOf(token)).toEqual({ mac: port, serverId: 'srv-1' });
    await asks('disk');
    expect(tokens.holderOf(token)).toBeUndefined();
  });
});

describe('an unknown device that boots', () => {
  it('is reported with what its firmware says, and gets no token', async () => {
    await asks('hold', unknown, { manufacturer: 'Dell Inc.', product: 'PowerEdge R760', serial: 'ABC1234' });
    await asks('hold', unknown);
    expect(parts.emitted).toEqual([
      {
        kind: 'unknown-device',
        mac: unknown,
        address: '10.0.0.77',
        about: 'Dell Inc. PowerEdge R760, serial number ABC1234',
      },
    ]);
    expect(() => tracker.tokenFor(unknown)).toThrow(expect.objectContaining({ code: 'boot.unknown-device' }));
  });

  it.each([
    ['software made its address up', () => {}, '52:54:00:00:00:99'],
    [
      'there is no list yet',
      () => {
        parts.expected.isKnown = false;
      },
      unknown,
    ],
  ])('is nobody to look for when %s', async (_why, arrange, mac) => {
    arrange();
    await asks('hold', mac);
    expect(parts.emitted).toEqual([]);
  });
});
