import { beforeEach, describe, expect, it } from '@jest/globals';
import { BootDesk } from '../../../../edge/boot/boot-desk.ts';
import type { BootAnswer } from '../../../../edge/boot/boot-server.ts';
import { BootTokens } from '../../../../edge/image-jobs/tokens.ts';
import { silentEdgeLog } from '../../../../edge/kernel/log.ts';
import { aServer, DeskParts } from '../kit.ts';
import { settle } from '../platform/link.ts';

const [port, stranger] = ['00:1a:00:00:00:11', 'f4:e9:d4:00:00:99'];
let parts: DeskParts;
let tokens: BootTokens;
let desk: BootDesk;
beforeEach(() => {
  parts = new DeskParts();
  tokens = new BootTokens({ store: parts.store, clock: parts.time });
  desk = new BootDesk({
    datacenter: 'dc-nyc-01',
    expected: parts.expected,
    tokens,
    told: parts.told,
    tell: parts.tell,
    time: parts.time,
    log: silentEdgeLog,
    onTrouble: parts.onTrouble,
  });
});
async function asks(choice: BootAnswer['choice'], mac = port, more: object = {}): Promise<void> {
  desk.heard(
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
const told = () => parts.of('boot-answered').map(({ choice, reason }) => `${choice}: ${reason}`);

describe('a machine that boots', () => {
  it('is known by the state of its server', () => {
    expect([desk.stateOf(port), desk.stateOf(stranger)]).toEqual(['DISCOVERED', undefined]);
  });

  it('waits where its state is a word of a newer platform', () => {
    parts.expected.servers = [aServer({ state: 'QUANTUM' })];
    expect(() => desk.stateOf(port)).toThrow(expect.objectContaining({ code: 'boot.unknown-state' }));
  });

  it('is told of once for each boot, however often it has to ask', async () => {
    for (const choice of ['queue', 'queue', 'image', 'image'] as const) await asks(choice);
    expect(told()).toEqual(['image: the server is DISCOVERED']);
    expect(parts.news).toEqual([
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
    expect(told()).toHaveLength(2);
  });

  it('that waits is told of when it has waited a while, once, and then what it boots', async () => {
    for (let turn = 0; turn < 20; turn++) {
      await asks('hold');
      if (turn === 3) expect(told()).toEqual([]);
      await parts.time.pass(15);
    }
    await asks('image');
    expect(told()).toEqual(['hold: the server is DISCOVERED', 'image: the server is DISCOVERED']);
  });

  it('that has to wait makes us ask whether its state is newer', async () => {
    await asks('hold');
    expect(parts.expected.refreshes).toBe(1);
  });

  it('is told of the next time when it could not be noted', async () => {
    parts.isJournalFull = true;
    await asks('image');
    expect(parts.troubles).toEqual([expect.stringContaining('the journal is full')]);
    parts.isJournalFull = false;
    await asks('image');
    expect(told()).toHaveLength(1);
  });

  it('loses the token of its image when it boots its own drive', async () => {
    const token = desk.tokenFor(port);
    await asks('hold');
    expect(tokens.holderOf(token)).toEqual({ mac: port, serverId: 'srv-1' });
    await asks('disk');
    expect(tokens.holderOf(token)).toBeUndefined();
  });
});

describe('a stranger that boots', () => {
  it('is an unknown machine, with what its firmware says, and gets no token', async () => {
    await asks('hold', stranger, { manufacturer: 'Dell Inc.', product: 'PowerEdge R760', serial: 'ABC1234' });
    await asks('hold', stranger);
    expect(parts.news).toEqual([
      {
        kind: 'unknown-machine',
        mac: stranger,
        address: '10.0.0.77',
        about: 'Dell Inc. PowerEdge R760, serial number ABC1234',
      },
    ]);
    expect(() => desk.tokenFor(stranger)).toThrow(expect.objectContaining({ code: 'boot.stranger' }));
  });

  it.each([
    ['software made its address up', () => {}, '52:54:00:00:00:99'],
    [
      'there is no list yet',
      () => {
        parts.expected.isKnown = false;
      },
      stranger,
    ],
  ])('is nobody to look for when %s', async (_why, arrange, mac) => {
    arrange();
    await asks('hold', mac);
    expect(parts.news).toEqual([]);
  });
});
