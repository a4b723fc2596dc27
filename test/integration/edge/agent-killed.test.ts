import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../../../infra/local/postgres.ts';
import { Random } from '../../../runtime/durable/memory/random.ts';
import { until } from '../../kit/until.ts';
import { macOf } from '../../unit/edge/events.ts';
import { outOfOrder } from '../../unit/edge/platform/link.ts';
import { AgentProcess, PretendPlatform } from './kit.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
const kills = 8;
const machines = 20;

describe(`an agent that is killed in the middle (seed ${seed})`, () => {
  const random = new Random(seed);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-killed-'));
  const platform = new PretendPlatform();
  let environment: Record<string, string>;
  let agent: AgentProcess;
  const leases = () => platform.taken.filter((event) => event.kind === 'dhcp-lease' || event.kind === 'unknown-device');
  beforeAll(async () => {
    await platform.listen();
    environment = {
      ...platform.environment(folder, 'dc-nyc-01'),
      EDGE_LISTEN: `127.0.0.1:${await freePort()}`,
      LOG_LEVEL: 'silent',
    };
    agent = await AgentProcess.start(environment);
  });
  afterAll(async () => {
    await agent.end('SIGTERM');
    await platform.close();
    rmSync(folder, { recursive: true });
  });

  it('loses nothing that it acknowledged, and sends no machine’s events out of order', async () => {
    const acknowledged: string[] = [];
    const stopped = new AbortController();
    /** One machine after another asks for addresses; one that is not heard asks again, as DHCP does. */
    const machine = async (number: number) => {
      for (let turn = 1; !stopped.signal.aborted; turn++) {
        const lease = { mac: macOf(number), address: `10.${number}.${turn >> 8}.${turn & 255}` };
        for (let isHeard = false; !isHeard && !stopped.signal.aborted;) {
          isHeard = await fetch(`${agent.url}/lease`, {
            method: 'POST',
            body: JSON.stringify(lease),
            signal: AbortSignal.timeout(2000),
          }).then(
            ({ status }) => status === 202,
            () => false,
          );
          if (isHeard) acknowledged.push(lease.address);
          else await delay(10);
        }
      }
    };
    const living = Array.from({ length: machines }, (_, number) => machine(number));
    for (let kill = 0; kill < kills; kill++) {
      // Now and then the platform is away too, so that the journal is not empty when the agent dies.
      if (random.below(2) === 0)
        platform.fault = new Array<number>(1 + random.below(20)).fill(random.below(2) === 0 ? 0 : 503);
      await delay(100 + random.below(400));
      await agent.end('SIGKILL');
      agent = await AgentProcess.start(environment);
    }
    stopped.abort();
    await Promise.all(living);
    platform.fault = []; // it is there to stay; the agent may still be in its longest pause
    const addresses = () => new Set(leases().map(({ address }) => address));
    await until('everything to arrive', async () => {
      const there = addresses();
      return acknowledged.every((address) => there.has(address));
    });
    const again = platform.taken.length - new Set(platform.taken.map(({ id }) => id)).size;
    process.stdout.write(
      `agent: ${kills} kills (seed ${seed}); ${acknowledged.length} events acknowledged, all arrived, ` +
        `${again} twice, ${outOfOrder(platform.taken).length} out of order; ${agent.megabytes} MB resident\n`,
    );
    expect(outOfOrder(platform.taken)).toEqual([]);
    expect(turnsOutOfOrder()).toEqual([]);
  });

  it('ends by itself when it is asked to', async () => {
    expect(await agent.end('SIGTERM')).toBe(0);
    agent = await AgentProcess.start(environment);
  });

  it('serves five datacenters in one process, each under its own name', async () => {
    const five = ['dc-a', 'dc-b', 'dc-c', 'dc-d', 'dc-e'];
    const repeated = (value: string) => five.map(() => value).join();
    const process5 = await AgentProcess.start({
      ...environment,
      ...platform.environment(folder, ...five),
      EDGE_LISTEN: repeated('127.0.0.1:0'),
    });
    try {
      for (const [index, url] of process5.urls.entries())
        await fetch(`${url}/lease`, {
          method: 'POST',
          body: JSON.stringify({ mac: macOf(1), address: `192.168.0.${index}` }),
        });
      const heard = () =>
        leases()
          .filter(({ address }) => address.startsWith('192.168.0.'))
          .map(({ datacenter, address }) => [datacenter, address]);
      await until('word from all five', () => heard().length === 5);
      process.stdout.write(`agent: five in one process hold ${process5.megabytes} MB resident\n`);
      expect(heard().sort()).toEqual(five.map((datacenter, index) => [datacenter, `192.168.0.${index}`]));
    } finally {
      expect(await process5.end('SIGTERM')).toBe(0);
    }
  });

  const turnOf = (address: string): number =>
    address
      .split('.')
      .slice(2)
      .reduce((sum, part) => sum * 256 + Number(part), 0);

  /** By what the machines counted themselves, not by the agent's own clock. */
  function turnsOutOfOrder(): string[] {
    const newest = new Map<string, number>();
    const seen = new Set<string>();
    return leases().flatMap(({ id, mac, address }) => {
      if (seen.has(id)) return [];
      seen.add(id);
      const turn = turnOf(address);
      const isLate = turn < (newest.get(mac) ?? 0);
      if (!isLate) newest.set(mac, turn);
      return isLate ? [address] : [];
    });
  }
});
