import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentEdgeLog } from '../../../../edge/kernel/log.ts';
import { Expected } from '../../../../edge/platform/expected.ts';
import type { Pulled } from '../../../../edge/platform/platform.ts';
import type { ExpectedServer, ExpectedServers } from '../../../../shared/domain/edge/edge.api.ts';
import { MacAddress } from '../../../../shared/facts/server.ts';
import { nyc } from '../events.ts';
import { LinkTime, settle } from './link.ts';

const aServer = (id: string, bmcMac: string, macs: string[]): ExpectedServer => ({
  id,
  datacenter: nyc,
  state: 'CABLED',
  serial: `S-${id}`,
  bmcMac,
  macs,
  version: 1,
  bmcAddress: null,
  bmcSecretRef: null,
  jobs: [],
});
const one = aServer('one', '00:1A:00:00:00:01', ['00:1a:00:00:00:02', 'not a MAC']);
const mac = (last: number) => MacAddress.parse(`00:1a:00:00:00:0${last}`);

/** The platform's list, its version, and what it was asked with. */
class Lists {
  servers: ExpectedServer[] = [one];
  etag = '"1"';
  isReachable = true;
  readonly asked: (string | undefined)[] = [];
  async pullExpected(etag: string | undefined): Promise<Pulled<ExpectedServers>> {
    this.asked.push(etag);
    if (!this.isReachable) throw new Error('no route to host');
    return etag === this.etag
      ? { outcome: 'unchanged' }
      : { outcome: 'changed', etag: this.etag, value: { servers: this.servers } };
  }
}

let folder: string;
let time: LinkTime;
let platform: Lists;
const open: Expected[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-expected-'));
  time = new LinkTime();
  platform = new Lists();
});
afterEach(() => {
  open.splice(0).forEach((each) => each.stop());
  rmSync(folder, { recursive: true });
});
function anAgentsList(): Expected {
  const expected = new Expected({
    file: path.join(folder, 'expected.json'),
    platform,
    time,
    log: silentEdgeLog,
    datacenter: nyc,
    everyMilliseconds: () => 60_000,
  });
  open.push(expected);
  return expected;
}
async function started(): Promise<Expected> {
  const expected = anAgentsList();
  expected.start();
  await settle();
  return expected;
}

describe('the list of expected servers', () => {
  it('tells a server by the MAC of its BMC and of its own ports, however they are written', async () => {
    const expected = await started();
    expect(expected.find(mac(1))).toMatchObject({ server: { id: 'one' }, port: 'bmc' });
    expect(expected.find(mac(2))).toMatchObject({ server: { id: 'one' }, port: 'host' });
    expect(expected.find(mac(9))).toBeUndefined();
  });

  it('is asked for again and again, and only taken over when it has changed', async () => {
    const expected = await started();
    await time.pass(60);
    platform.servers = [one, aServer('two', '00:1a:00:00:00:03', [])];
    platform.etag = '"2"';
    await time.pass(60);
    expect(platform.asked).toEqual([undefined, '"1"', '"1"']);
    expect(expected.find(mac(3))?.server.id).toBe('two');
    expect(expected.status()).toMatchObject({ servers: 2, reason: null });
  });

  it('survives a restart without the platform', async () => {
    (await started()).stop();
    platform.isReachable = false;
    const later = await started();
    expect(later.find(mac(1))?.server.id).toBe('one');
    expect(later.status()).toMatchObject({ servers: 1, reason: 'no route to host' });
    platform.isReachable = true;
    await time.pass(60);
    expect(platform.asked).toEqual([undefined, '"1"', '"1"']);
    expect(later.status().reason).toBeNull();
  });

  it('says that it knows nothing, which is not that nobody is expected', async () => {
    platform.isReachable = false;
    expect((await started()).isKnown).toBe(false);
    platform.isReachable = true;
    platform.servers = [];
    expect((await started()).isKnown).toBe(true);
  });

  it('is pulled again where the stored version cannot be read', async () => {
    writeFileSync(path.join(folder, 'expected.json'), '{"servers": [');
    expect((await started()).find(mac(1))?.server.id).toBe('one');
  });

  it('asks once for a thousand unknown machines', async () => {
    const expected = await started();
    await time.pass(10);
    for (let number = 0; number < 1000; number++) void expected.refreshSoon();
    await settle();
    expect(platform.asked).toHaveLength(2);
    await time.pass(5);
    await expected.refreshSoon();
    expect(platform.asked).toHaveLength(3);
  });

  it('asks no more once it was stopped', async () => {
    (await started()).stop();
    await time.pass(300);
    expect(platform.asked).toHaveLength(1);
  });
});
