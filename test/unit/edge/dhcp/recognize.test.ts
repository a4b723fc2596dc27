import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { originOfMac } from '../../../../edge/dhcp/mac-origin.ts';
import { Observations } from '../../../../edge/dhcp/observations.ts';
import { recognize } from '../../../../edge/dhcp/recognize.ts';
import { Store } from '../../../../edge/kernel/store.ts';
import { isoTime } from '../../../../shared/kernel/clock.ts';
import { minutes } from '../../../../shared/kernel/durations.ts';

const servers = {
  srv_1: { bmc: '4c:d9:8f:00:00:01', hosts: ['b0:7b:25:00:00:01', 'b0:7b:25:00:00:02'] },
  srv_2: { bmc: '4c:d9:8f:00:00:02', hosts: ['b0:7b:25:00:00:03'] },
};
const find = (mac: string) => {
  const entry = Object.entries(servers).find(([, { bmc, hosts }]) => bmc === mac || hosts.includes(mac));
  return entry && { server: { id: entry[0] }, port: entry[1].bmc === mac ? ('bmc' as const) : ('host' as const) };
};
const unknown = 'f4:e9:d4:00:00:99';

/** Tells one after the other, as `[mac, circuit, minute]`; gives the judgement on the last. */
function afterSeeing(...seen: [mac: string, circuitId: string | undefined, minute: number, vendorClass?: string][]) {
  const memory = new Observations(new Store(':memory:'));
  let last = recognize({ mac: unknown, address: '10.0.0.1', at: isoTime(0) }, find, memory);
  for (const [mac, circuitId, minute, vendorClass] of seen) {
    const lease = {
      mac,
      address: '10.0.0.1',
      at: isoTime(minutes(minute)),
      ...(circuitId && { circuitId }),
      ...(vendorClass && { vendorClass }),
    };
    last = recognize(lease, find, memory);
    memory.note(lease, find(mac)?.server.id);
  }
  return last;
}
const [first, second] = servers.srv_1.hosts as [string, string];

describe('a machine that asked for an address', () => {
  it('is the BMC or a port of the server that is expected to have its MAC', () => {
    expect(afterSeeing([servers.srv_1.bmc, 'mgmt-1', 0]).who).toEqual({ kind: 'bmc', serverId: 'srv_1' });
    expect(afterSeeing([first, 'Eth1', 0]).who).toEqual({ kind: 'host', serverId: 'srv_1' });
  });

  it.each([
    ['iDRAC', 'bmc'],
    ['CPQRIB3', 'bmc'],
    ['PXEClient:Arch:00007', 'host'],
    ['HTTPClient:Arch:00016', 'host'],
    ['udhcp 1.30', 'unknown'],
    [undefined, 'unknown'],
  ] as const)('that is unknown may be recognized by vendor class %s: %s', (vendorClass, seemsLike) => {
    expect(afterSeeing([unknown, undefined, 0, vendorClass]).who).toEqual({ kind: 'unknown', seemsLike });
  });

  it('shows no anomaly where it always was', () => {
    expect(afterSeeing([first, 'Eth1', 0], [first, 'Eth1', 5], [first, 'Eth1', 500]).anomalies).toEqual([]);
  });

  it('is a duplicate when its MAC is on two circuits at a time', () => {
    expect(afterSeeing([servers.srv_1.bmc, 'mgmt-1', 0], [servers.srv_1.bmc, 'mgmt-9', 1]).anomalies).toEqual([
      { serverId: 'srv_1', anomaly: { kind: 'duplicate-mac', circuits: ['mgmt-1', 'mgmt-9'] } },
    ]);
  });

  it('is still a duplicate when the two go on asking in turn', () => {
    expect(afterSeeing([unknown, 'Eth1', 0], [unknown, 'Eth9', 1], [unknown, 'Eth1', 2]).anomalies).toContainEqual({
      serverId: undefined,
      anomaly: { kind: 'duplicate-mac', circuits: ['Eth9', 'Eth1'] },
    });
  });

  it('was moved when it is elsewhere later, which is reported once', () => {
    const moved: [string, string, number][] = [
      [servers.srv_1.bmc, 'mgmt-1', 0],
      [servers.srv_1.bmc, 'mgmt-9', 60],
    ];
    expect(afterSeeing(...moved).anomalies).toEqual([
      { serverId: 'srv_1', anomaly: { kind: 'moved', from: 'mgmt-1', to: 'mgmt-9' } },
    ]);
    expect(afterSeeing(...moved, [servers.srv_1.bmc, 'mgmt-9', 65]).anomalies).toEqual([]);
  });

  it('has bonded ports when one MAC is on two circuits that lead to one server', () => {
    expect(afterSeeing([first, 'Eth1', 0], [second, 'Eth2', 0], [first, 'Eth2', 1]).anomalies).toEqual([
      { serverId: 'srv_1', anomaly: { kind: 'bonded', circuits: ['Eth1', 'Eth2'] } },
    ]);
  });

  it('has no bonded ports when the other circuit leads to another server', () => {
    expect(
      afterSeeing([first, 'Eth1', 0], [servers.srv_2.hosts[0] ?? '', 'Eth2', 0], [first, 'Eth2', 1]).anomalies,
    ).toEqual([{ serverId: 'srv_1', anomaly: { kind: 'duplicate-mac', circuits: ['Eth1', 'Eth2'] } }]);
  });

  it('may be a swapped board when an unknown device is where a known server was', () => {
    expect(afterSeeing([servers.srv_1.bmc, 'mgmt-1', 0], [unknown, 'mgmt-1', 90]).anomalies).toEqual([
      { serverId: 'srv_1', anomaly: { kind: 'swapped-board', circuitId: 'mgmt-1' } },
    ]);
  });

  it('is just an unknown device when the server that was there has moved on', () => {
    expect(
      afterSeeing([servers.srv_1.bmc, 'mgmt-1', 0], [servers.srv_1.bmc, 'mgmt-2', 60], [unknown, 'mgmt-1', 90])
        .anomalies,
    ).toEqual([]);
  });

  it('is software on a known server when its MAC was made up there, wherever it was before', () => {
    const virtual = '52:54:00:00:00:99';
    expect(afterSeeing([first, 'Eth1', 0], [virtual, 'Eth1', 90]).anomalies).toEqual([
      {
        serverId: 'srv_1',
        anomaly: {
          kind: 'unexpected-origin',
          circuitId: 'Eth1',
          reason: expect.stringContaining('locally administered'),
        },
      },
    ]);
    expect(afterSeeing([virtual, 'Eth7', 0], [virtual, 'Eth8', 1]).anomalies).toEqual([]);
  });

  it('is judged by its MAC alone where no relay tells the circuit', () => {
    expect(afterSeeing([first, undefined, 0], [first, undefined, 1]).anomalies).toEqual([]);
  });
});

describe('where a MAC comes from', () => {
  it.each([
    ['b0:7b:25:00:00:01', 'physical'],
    ['52:54:00:12:34:56', 'virtual'],
    ['02:42:ac:11:00:02', 'virtual'],
    ['00:50:56:aa:bb:cc', 'virtual'],
    ['00:15:5d:00:00:01', 'virtual'],
    ['bc:24:11:00:00:01', 'virtual'],
    ['01:00:5e:00:00:01', 'impossible'],
    ['ff:ff:ff:ff:ff:ff', 'impossible'],
    ['00:00:00:00:00:00', 'impossible'],
  ])('%s is %s', (mac, kind) => {
    expect(originOfMac(mac).kind).toBe(kind);
  });
});

describe('the memory of observations', () => {
  const lease = (index: number) => ({ mac: `m${index}`, address: '10.0.0.1', circuitId: 'Eth1', at: isoTime(index) });

  it('stays within its limit, and keeps the latest', () => {
    const memory = new Observations(new Store(':memory:'), 3);
    for (let index = 0; index < 10; index++) memory.note(lease(index), undefined);
    memory.note(lease(8), undefined);
    expect(memory.on('Eth1').map(({ mac }) => mac)).toEqual(['m7', 'm9', 'm8']);
    expect(memory.of('m1')).toEqual([]);
  });

  it('outlives the agent, so that a board swapped meanwhile is noticed', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-observations-'));
    try {
      const before = new Store(path.join(folder, 'memory.db'));
      new Observations(before).note({ ...lease(0), mac: first }, 'srv_1');
      before.close();
      const after = new Store(path.join(folder, 'memory.db'));
      const lately = { mac: unknown, address: '10.0.0.9', circuitId: 'Eth1', at: isoTime(minutes(90)) };
      expect(recognize(lately, find, new Observations(after, 1)).anomalies).toEqual([
        { serverId: 'srv_1', anomaly: { kind: 'swapped-board', circuitId: 'Eth1' } },
      ]);
      after.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
