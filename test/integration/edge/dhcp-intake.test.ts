import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createKeaControl, withCircuit } from '../../../edge/dhcp/kea-control.ts';
import { catchUp, type Lease } from '../../../edge/dhcp/lease.ts';
import { readDetails } from '../../../edge/dhcp/options.ts';
import { readPacket, writePacket } from '../../../edge/dhcp/packet.ts';
import { startProxyDhcp } from '../../../edge/dhcp/proxy-dhcp.ts';
import { watchSpool, type Spool } from '../../../edge/dhcp/spool.ts';
import { contractJson, describeContract } from '../../kit/contracts.ts';
import { until } from '../../kit/until.ts';
import { aMessage } from '../../unit/edge/dhcp/build-packet.ts';

const lease = (address: string, mac = '02:00:00:00:00:aa') =>
  `rackline-lease 1\nmac=${mac}\naddress=${address}\nat=1795361466\nhostname=\n\n`;

describe('the spool', () => {
  let directory: string;
  let spool: Spool | undefined;
  const [addresses, faults]: [string[], string[]] = [[], []];
  let isRefusing = false;
  const onLease = ({ address }: Lease) => {
    if (isRefusing) return Promise.reject(new Error('the journal is full'));
    addresses.push(address);
    return Promise.resolve();
  };
  const watchIt = async () => {
    spool = await watchSpool({
      directory,
      onLease,
      onFault: (reason) => faults.push(reason),
      lookEveryMilliseconds: 20,
    });
  };
  const leave = async (name: string, text: string, secondsAgo = 0) => {
    const file = path.join(directory, name);
    await writeFile(`${file}.new`, text);
    await utimes(`${file}.new`, new Date(), new Date(Date.now() - secondsAgo * 1000));
    await rename(`${file}.new`, file); // whole, and of its age, from the first look on
  };

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'rackline-spool-'));
    [addresses.length, faults.length, isRefusing] = [0, 0, false];
  });
  afterEach(async () => {
    await spool?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('is emptied oldest first, and of what comes later too', async () => {
    await leave('a.lease', lease('10.0.0.3'), 1);
    await leave('b.lease', lease('10.0.0.1'), 3);
    await leave('c.lease', lease('10.0.0.2'), 2);
    await watchIt();
    await until('the three to be taken', () => addresses.length === 3);
    await leave('d.lease', lease('10.0.0.4'));
    await until('all to be gone', async () => (await readdir(directory)).length === 0);
    expect(addresses).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4']);
  });

  it('keeps every lease while they cannot be handed on, and lets none overtake another', async () => {
    isRefusing = true;
    await leave('a.lease', lease('10.0.0.1'), 2);
    await leave('b.lease', lease('10.0.0.2'), 1);
    await watchIt();
    await until('a complaint', () => faults.length > 0);
    expect({ kept: (await readdir(directory)).length, reason: faults[0] }).toEqual({
      kept: 2,
      reason: expect.stringMatching(/a\.lease could not be handed on and stays: the journal is full/),
    });
    isRefusing = false;
    await until('both to be taken', () => addresses.length === 2);
    expect(addresses).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  it('sets aside what it cannot read, and goes on', async () => {
    await leave('a.lease', 'rackline-lease 1\nmac=nonsense\n\n', 3);
    await leave('b.lease', 'x'.repeat(5000), 2);
    await leave('c.lease', lease('10.0.0.2'), 1);
    await watchIt();
    await until(
      'the good one to be taken away',
      async () => addresses.length === 1 && !(await readdir(directory)).includes('c.lease'),
    );
    expect((await readdir(directory)).sort()).toEqual(['a.lease.bad', 'b.lease.bad']);
  });

  it('waits for a file that is still being written, a minute at most', async () => {
    await leave('a.lease', 'rackline-lease 1\nmac=02:0', 0);
    await leave('b.lease', 'rackline-lease 1\nmac=02:0', 61);
    await watchIt();
    await until('the old one to be set aside', () => faults.length === 1);
    expect((await readdir(directory)).sort()).toEqual(['a.lease', 'b.lease.bad']);
    await leave('a.lease', lease('10.0.0.1'));
    await until('the finished one to be taken', () => addresses.length === 1);
  });
});

describeContract('Kea’s control API, as recorded', 'kea/samples', () => {
  let server: Server;
  let url: string;
  const asked: unknown[] = [];
  let answers: unknown[] = [];
  beforeEach(async () => {
    server = createServer((request, response) => {
      let body = '';
      request
        .on('data', (chunk: Buffer) => {
          body += chunk.toString();
        })
        .on('end', () => {
          asked.push(JSON.parse(body));
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answers.shift()));
        });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    asked.length = 0;
  });
  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const heard = async () => {
    const leases: Lease[] = [];
    await catchUp(createKeaControl({ baseUrl: url }).leases(), (each) => {
      leases.push(each);
      return Promise.resolve();
    });
    return leases;
  };
  const given = (address: string, more: object = {}) => ({
    'ip-address': address,
    'hw-address': '02:00:00:00:00:aa',
    cltt: 1795361466,
    hostname: '',
    state: 0,
    'subnet-id': 1,
    'valid-lft': 60,
    ...more,
  });
  const page = (...leases: object[]) => [{ result: 0, text: 'found', arguments: { leases } }];

  it('has no leases in use where all have expired', async () => {
    answers = [contractJson('kea/samples/lease4-get-all.response.json')];
    expect(await heard()).toEqual([]);
    expect(asked).toEqual([
      { command: 'lease4-get-page', service: ['dhcp4'], arguments: { from: 'start', limit: 1000 } },
    ]);
  });

  it('is read page by page', async () => {
    answers = [
      page(...Array.from({ length: 1000 }, (_, index) => given(`10.0.${index >> 8}.${index & 255}`))),
      page(given('10.0.9.1')),
    ];
    expect(await heard()).toHaveLength(1001);
    expect(asked[1]).toMatchObject({ arguments: { from: '10.0.3.231' } });
  });

  it('tells the circuit, in the spelling of old and new releases', async () => {
    const reported = (info: unknown) => given('10.0.0.1', { 'user-context': { ISC: { 'relay-agent-info': info } } });
    answers = [page(reported('0x010445746831'), reported({ 'sub-options': '0x010445746832', 'remote-id': '01' }))];
    expect((await heard()).map(({ circuitId }) => circuitId)).toEqual(['Eth1', 'Eth2']);
  });

  it('answers alike without a control agent before it', async () => {
    answers = [page(given('10.0.0.1', { hostname: 'bmc-aa' }))[0]];
    expect(await heard()).toEqual([
      { mac: '02:00:00:00:00:aa', address: '10.0.0.1', hostname: 'bmc-aa', at: '2026-11-22T15:31:06.000Z' },
    ]);
  });

  it('that knows no leases is no error; one that lacks the hook says what to load', async () => {
    answers = [[{ result: 3, text: '0 IPv4 lease(s) found.' }]];
    expect(await heard()).toEqual([]);
    answers = [[{ result: 2, text: "'lease4-get-page' command not supported." }]];
    await expect(heard()).rejects.toThrow(/not supported\. Load libdhcp_lease_cmds\.so/);
  });

  it('adds the circuit to a lease of the hook, and holds none back when it cannot', async () => {
    const [leases, faults]: [Lease[], string[]] = [[], []];
    const onLease = withCircuit(
      createKeaControl({ baseUrl: url }),
      (each) => {
        leases.push(each);
        return Promise.resolve();
      },
      (reason) => faults.push(reason),
    );
    const reported = { mac: '02:00:00:00:00:aa', address: '10.0.0.1', at: '2026-11-22T15:31:06.000Z' };
    answers = [
      [
        {
          result: 0,
          arguments: given('10.0.0.1', { 'user-context': { ISC: { 'relay-agent-info': '0x010445746831' } } }),
        },
      ],
      [{ result: 1, text: 'broken' }],
      [
        {
          result: 0,
          arguments: given('10.0.0.1', {
            'hw-address': '02:00:00:00:00:bb',
            'user-context': { ISC: { 'relay-agent-info': '0x010445746831' } },
          }),
        },
      ],
    ];
    for (let index = 0; index < 3; index++) await onLease(reported);
    expect(leases).toEqual([{ ...reported, circuitId: 'Eth1' }, reported, reported]);
    expect(faults).toEqual([expect.stringContaining('broken')]);
  });
});

describe('the proxyDHCP responder', () => {
  const ports = { dhcp: 20067, pxe: 24011, client: 20068 };
  const offer = {
    serverAddress: '127.0.0.1',
    tftpAddress: '127.0.0.1',
    scriptUrl: 'http://127.0.0.1:8081/boot.ipxe',
    filesUrl: 'http://127.0.0.1:8081/files/',
  };

  it('answers a relay and port 4011, overhears addresses, and survives nonsense', async () => {
    const [leases, faults]: [Lease[], string[]] = [[], []];
    const proxy = await startProxyDhcp({
      ...offer,
      ports,
      onLease: (each) => {
        leases.push(each);
        return Promise.resolve();
      },
      onFault: (reason) => faults.push(reason),
      clock: { now: () => 0 },
    });
    const client = createSocket('udp4').bind(0, '127.0.0.1');
    await once(client, 'listening');
    try {
      client.send('nonsense', ports.dhcp, '127.0.0.1');
      await until('the complaint', () => faults.length > 0);
      client.send(
        writePacket(aMessage('request', { ciaddr: '10.0.0.9', with: { 60: 'PXEClient', 93: Uint8Array.of(0, 7) } })),
        ports.pxe,
        '127.0.0.1',
      );
      const [bytes] = (await once(client, 'message')) as [Uint8Array];
      expect(readDetails(readPacket(bytes))).toMatchObject({ messageType: 'ack', bootFile: 'ipxe.efi' });
      client.send(
        writePacket(
          aMessage('request', {
            with: { 50: Uint8Array.of(10, 0, 0, 8), 60: 'iDRAC', 82: Uint8Array.of(1, 4, 69, 116, 104, 49) },
          }),
        ),
        ports.dhcp,
        '127.0.0.1',
      );
      await until('both addresses to be overheard', () => leases.length === 2);
    } finally {
      client.close();
      await proxy.close();
    }
    expect(leases).toEqual([
      { mac: '02:00:00:00:00:aa', address: '10.0.0.9', vendorClass: 'PXEClient', at: '1970-01-01T00:00:00.000Z' },
      {
        mac: '02:00:00:00:00:aa',
        address: '10.0.0.8',
        vendorClass: 'iDRAC',
        circuitId: 'Eth1',
        at: '1970-01-01T00:00:00.000Z',
      },
    ]);
    expect(faults).toEqual([expect.stringMatching(/127\.0\.0\.1 was skipped: .*8 bytes/)]);
  });

  it('says what to look at when it cannot listen, and holds no port', async () => {
    const start = () =>
      startProxyDhcp({
        ...offer,
        serverAddress: '192.0.2.1',
        ports,
        onLease: () => Promise.resolve(),
        onFault: () => undefined,
      });
    await expect(start()).rejects.toThrow(/cannot listen on 192\.0\.2\.1:20067.*CAP_NET_BIND_SERVICE/);
  });
});
