import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { LeaseTracker } from '../../../../edge/dhcp/lease-tracker.ts';
import { silentEdgeLog } from '../../../../edge/kernel/log.ts';
import { isoTime } from '../../../../shared/kernel/clock.ts';
import { aServer, TrackerParts } from '../kit.ts';

const [bmc, host, unknown, virtual] = [
  '00:1a:00:00:00:01',
  '00:1a:00:00:00:11',
  'f4:e9:d4:00:00:99',
  '52:54:00:00:00:99',
];
let parts: TrackerParts;
let tracker: LeaseTracker;
let prefixes: string[] | undefined;
const open = (template = 'https://{address}') =>
  new LeaseTracker({
    datacenter: 'dc-nyc-01',
    expected: parts.expected,
    store: parts.store,
    reported: parts.reported,
    emit: parts.emit,
    bmcUrlTemplate: template,
    managementPrefixes: () => prefixes,
    time: parts.time,
    log: silentEdgeLog,
  });
beforeEach(() => {
  parts = new TrackerParts();
  prefixes = undefined;
  tracker = open();
});
const lease = (mac: string, address = '10.0.0.9', more: object = {}) => ({
  mac,
  address,
  at: isoTime(parts.time.now()),
  ...more,
});
const minutesPass = (minutes: number) => parts.time.pass(minutes * 60);

describe('a lease', () => {
  it('of a server’s BMC says where it answers', async () => {
    await tracker.take(lease(bmc, '10.0.0.9', { circuitId: 'mgmt-7' }));
    expect(parts.emitted).toEqual([
      {
        id: expect.any(String),
        kind: 'dhcp-lease',
        mac: bmc,
        address: '10.0.0.9',
        bmcUrl: 'https://10.0.0.9',
        circuitId: 'mgmt-7',
      },
    ]);
  });

  it('takes the address and port that the template and the lease name', async () => {
    await open('http://{address}:{port}').take(lease(bmc, '127.101.128.1', { port: 7080 }));
    expect(parts.emitted).toMatchObject([{ bmcUrl: 'http://127.101.128.1:7080' }]);
  });

  it('of an unknown device is reported with what it says of itself, and refreshes the list', async () => {
    await tracker.take(lease(unknown, '10.0.0.77', { vendorClass: 'iDRAC', hostname: 'idrac-ABC', circuitId: 'Eth7' }));
    expect(parts.emitted).toMatchObject([
      { kind: 'unknown-device', mac: unknown, circuitId: 'Eth7', about: 'vendor class iDRAC, host name idrac-ABC' },
    ]);
    expect(parts.expected.refreshes).toBe(1);
  });

  it('is no unknown machine where there is no list yet, or software made the address up', async () => {
    await tracker.take(lease(virtual));
    parts.expected.isKnown = false;
    await tracker.take(lease(unknown));
    expect(parts.emitted.map(({ kind }) => kind)).toEqual(['dhcp-lease', 'dhcp-lease']);
  });

  it('that is only renewed is reported again after hours; at once with a new state or address', async () => {
    const renew = async (address = '10.0.0.9') => {
      await minutesPass(5);
      await tracker.take(lease(bmc, address));
      return parts.emitted.length;
    };
    expect([await renew(), await renew(), await renew()]).toEqual([1, 1, 1]);
    expect([await renew('10.0.0.10'), await renew('10.0.0.10')]).toEqual([2, 2]);
    parts.expected.servers = [aServer({ state: 'READY', version: 2 })];
    expect([await renew('10.0.0.10'), await renew('10.0.0.10')]).toEqual([3, 3]);
    await minutesPass(6 * 60);
    expect([await renew('10.0.0.10'), await renew('10.0.0.10')]).toEqual([4, 4]);
  });

  it('that cannot be stored is refused, and reported when it is brought again', async () => {
    parts.isJournalFull = true;
    await expect(tracker.take(lease(bmc))).rejects.toThrow('the journal is full');
    parts.isJournalFull = false;
    await tracker.take(lease(bmc));
    expect(parts.emitted).toHaveLength(1);
  });

  it('from hook and list is reported once, under one id', async () => {
    const heard = lease(bmc);
    await tracker.take(heard);
    await tracker.takeHeld(heard);
    expect(parts.emitted).toHaveLength(1);
    const others = new TrackerParts();
    await new LeaseTracker({
      datacenter: 'dc-nyc-01',
      expected: others.expected,
      store: others.store,
      reported: others.reported,
      emit: others.emit,
      bmcUrlTemplate: 'https://{address}',
      managementPrefixes: () => undefined,
      time: others.time,
      log: silentEdgeLog,
    }).takeHeld(heard);
    expect(others.emitted[0]?.id).toBe(parts.emitted[0]?.id);
  });

  it('that a server still holds is ignored where the machine was heard since', async () => {
    const old = lease(bmc, '10.0.0.1');
    await minutesPass(1);
    await tracker.take(lease(bmc, '10.0.0.2'));
    await tracker.takeHeld(old);
    expect(parts.emitted).toMatchObject([{ address: '10.0.0.2' }]);
    await tracker.takeHeld(lease(host, '10.0.0.3'));
    expect(parts.emitted).toHaveLength(2);
  });

  it('of a device that was unknown is reported again when the list has it', async () => {
    parts.expected.servers = [];
    await tracker.take(lease(bmc));
    await minutesPass(10);
    parts.expected.servers = [aServer()];
    await tracker.review();
    await tracker.review();
    expect(parts.emitted).toMatchObject([
      { kind: 'unknown-device' },
      { kind: 'dhcp-lease', mac: bmc, bmcUrl: 'https://10.0.0.9' },
    ]);
    expect(parts.emitted[0]?.id).not.toBe(parts.emitted[1]?.id);
  });

  it('of an unknown device that was heard long ago is left alone', async () => {
    parts.expected.servers = [];
    await tracker.take(lease(bmc));
    await minutesPass(25 * 60);
    parts.expected.servers = [aServer()];
    await tracker.review();
    expect(parts.of('dhcp-lease')).toEqual([]);
  });
});

describe('an address outside the management network', () => {
  beforeEach(() => {
    prefixes = ['10.20.0.0/16'];
  });

  it('is an anomaly for a BMC, and not used', async () => {
    await tracker.take(lease(bmc, '192.168.1.5'));
    expect(parts.emitted).toEqual([
      {
        kind: 'anomaly',
        mac: bmc,
        serverId: 'srv-1',
        anomaly: { kind: 'outside-prefixes', address: '192.168.1.5', prefixes: ['10.20.0.0/16'] },
      },
    ]);
    await tracker.take(lease(bmc, '10.20.1.5'));
    expect(parts.of('dhcp-lease')).toMatchObject([{ bmcUrl: 'https://10.20.1.5' }]);
  });

  it('of other machines is reported without the address of a BMC', async () => {
    await tracker.take(lease(host, '192.168.1.5'));
    await tracker.take(lease(unknown, '192.168.1.6'));
    expect(parts.emitted.map((emitted) => ['bmcUrl' in emitted, emitted.kind])).toEqual([
      [false, 'dhcp-lease'],
      [false, 'unknown-device'],
    ]);
  });
});

describe('an anomaly', () => {
  const anomalies = () => parts.of('anomaly').map(({ serverId, anomaly }) => [serverId, anomaly.kind]);

  it('is one case whichever of two machines asks, and is reported again after a day', async () => {
    for (let turn = 0; turn < 6; turn++)
      await tracker.take(lease(bmc, '10.0.0.9', { circuitId: turn % 2 === 0 ? 'mgmt-1' : 'mgmt-9' }));
    expect(anomalies()).toEqual([['srv-1', 'duplicate-mac']]);
    await minutesPass(24 * 60);
    for (const circuitId of ['mgmt-1', 'mgmt-9']) await tracker.take(lease(bmc, '10.0.0.9', { circuitId }));
    expect(anomalies().filter(([, kind]) => kind === 'duplicate-mac')).toHaveLength(2);
  });

  it('is seen also when two machines ask at the very same time', async () => {
    await Promise.all(['mgmt-1', 'mgmt-9'].map((circuitId) => tracker.take(lease(bmc, '10.0.0.9', { circuitId }))));
    expect(anomalies()).toEqual([['srv-1', 'duplicate-mac']]);
  });

  it('is a swapped board also when the agent was ended in between', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-leases-'));
    try {
      parts = new TrackerParts(path.join(folder, 'memory.db'));
      await open().take(lease(bmc, '10.0.0.9', { circuitId: 'mgmt-1' }));
      await minutesPass(90);
      parts.restart();
      await open().take(lease(unknown, '10.0.0.10', { circuitId: 'mgmt-1' }));
      expect(anomalies()).toEqual([['srv-1', 'swapped-board']]);
      parts.store.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is reported before the source drops the lease', async () => {
    await tracker.take(lease(bmc, '10.0.0.9', { circuitId: 'mgmt-1' }));
    parts.isJournalFull = true;
    await minutesPass(60);
    const moved = lease(bmc, '10.0.0.9', { circuitId: 'mgmt-2' });
    await expect(tracker.take(moved)).rejects.toThrow();
    parts.isJournalFull = false;
    await tracker.take(moved);
    expect(anomalies()).toEqual([['srv-1', 'moved']]);
  });
});
