import { mkdtempSync, rmSync } from 'node:fs';
import { Agent as Connections, request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAgent, type Agent } from '../../../edge/agent.ts';
import { silentEdgeLog } from '../../../edge/kernel/log.ts';
import type { Scheduler } from '../../../shared/kernel/scheduler.ts';
import { until } from '../../kit/until.ts';
import { reportUrlIn } from '../../simulators/bmc/image.ts';
import { chainTo, runIpxe, type FetchText } from '../../simulators/bmc/ipxe.ts';
import { pretendImage } from '../../simulators/edge/pretend-image.ts';
import { macOf, nyc } from '../../unit/edge/events.ts';
import { dmidecode, posted } from '../../unit/edge/image-jobs/image.ts';
import { anIdentityAt, PretendPlatform } from './kit.ts';

const machines = 1000;
const slots = 16;
const fileBytes = 1_000_000;
/** Time runs so much quicker for agent and machines alike. */
const speed = 5;
const began = Date.now();
const now = () => began + (Date.now() - began) * speed;
const time: Scheduler = {
  now,
  schedule: (at, run) => {
    const timer = setTimeout(run, Math.max(0, (at - now()) / speed));
    return () => clearTimeout(timer);
  },
};

describe(`a boot storm of ${machines} machines`, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-storm-'));
  const platform = new PretendPlatform();
  const connections = new Connections({ keepAlive: true, maxSockets: 400 });
  let agent: Agent;
  beforeAll(async () => {
    await platform.listen();
    platform.servers = Array.from({ length: machines }, (_, number) => ({
      id: `srv-${number}`,
      datacenter: nyc,
      state: 'DISCOVERED',
      serial: `SN-${number}`,
      bmcMac: null,
      macs: [macOf(number)],
      version: 1,
      bmcAddress: null,
      bmcSecretRef: null,
      jobs: [],
    }));
    agent = await startAgent({
      datacenter: nyc,
      folder,
      time,
      journalBytes: 100_000_000,
      address: { host: '127.0.0.1', port: 0 },
      log: silentEdgeLog,
      boot: {
        listen: { host: '127.0.0.1', port: 0 },
        imageDirectory: pretendImage(path.join(folder, 'image'), fileBytes),
        architectures: ['uefi-x64'],
        arguments: 'quiet',
        slots,
      },
      ...anIdentityAt(platform, folder, nyc),
    });
    await until('the list of servers', () => agent.expected.isKnown);
  });
  afterAll(async () => {
    connections.destroy();
    await agent.stop();
    await platform.close();
    rmSync(folder, { recursive: true });
  });

  it('brings each from script to report, with no more fetching at once than there are places', async () => {
    const finished: { came: number; asked: number; refused: number }[] = [];
    const arrivals: number[] = [];
    let [fetching, most, bytes] = [0, 0, 0];

    /** Firmware, iPXE and image of one machine. */
    async function boot(number: number): Promise<void> {
      let [asked, refused] = [0, 0];
      const fetchText: FetchText = async (url) => {
        const isFile = url.includes('/files/');
        asked += isFile ? 0 : 1;
        fetching += isFile ? 1 : 0;
        // Counted where it counts: by the server, while this file is on its way.
        most = Math.max(most, agent.status().boot?.pace.taken ?? 0);
        const { status, text } = await send(url);
        fetching -= isFile ? 1 : 0;
        bytes += isFile ? text.length : 0;
        if (status !== 200) refused += 1;
        if (url.includes('boot.ipxe?mac=') && arrivals.length < machines && !arrivals.includes(number))
          arrivals.push(number);
        return status === 200 ? text : undefined;
      };
      const ipxe = chainTo(`${agent.bootUrl}/boot.ipxe`);
      for (;;) {
        const outcome = await runIpxe(
          ipxe,
          { 'netX/mac:hexhyp': macOf(number).replaceAll(':', '-'), platform: 'efi', buildarch: 'x86_64' },
          fetchText,
        );
        if (outcome.kind === 'exits') throw new Error(`machine ${number} was sent away`);
        if (outcome.kind === 'sleeps') {
          await delay((outcome.seconds * 1000) / speed);
          continue;
        }
        finished.push({ came: arrivals.indexOf(number), asked, refused });
        const report = posted({ dmidecode: dmidecode.replace('ABC1234', `SN-${number}`) }, macOf(number));
        while ((await send(reportUrlIn(outcome.arguments) ?? '', JSON.stringify(report))).status !== 204) refused += 1;
        return;
      }
    }
    const started = performance.now();
    await Promise.all(Array.from({ length: machines }, (_, number) => boot(number)));
    const seconds = (performance.now() - started) / 1000;
    const serials = () =>
      new Set(platform.taken.flatMap((event) => (event.kind === 'inventory-report' ? [event.serial] : [])));
    await until('every report to arrive', () => serials().size === machines);

    const asked = finished.map((each) => each.asked).sort((a, b) => a - b);
    /** How far behind its turn a machine was: who came first should be through first. */
    const behind = finished.map(({ came }, place) => place - came).sort((a, b) => a - b);
    const at = (values: number[], part: number) => values[Math.floor((values.length - 1) * part)] ?? 0;
    process.stdout.write(
      `boot storm: ${machines} machines, ${slots} places, ${(bytes / 1e6).toFixed(0)} MB in ` +
        `${seconds.toFixed(1)} s (${(machines / seconds).toFixed(0)} machines/s); at most ${most} had a ` +
        'place; ' +
        `a machine asked ${at(asked, 0.5)} times (median), ${at(asked, 1)} at most; ` +
        `${finished.reduce((sum, { refused }) => sum + refused, 0)} files refused; behind its turn by ` +
        `${at(behind, 0.95)} places (p95), ${at(behind, 1)} at most\n`,
    );
    expect(finished).toHaveLength(machines);
    expect(most).toBeLessThanOrEqual(slots);
    expect(fetching).toBe(0);
    expect(bytes).toBeGreaterThanOrEqual(2 * machines * fileBytes);
    // How fair it is, pace.test.ts says in virtual time; here the machine that runs the test has a say as well.
    expect(at(behind, 1)).toBeLessThan((3 * machines) / 4);
    expect(at(asked, 1)).toBeLessThan(100);
    expect(agent.status().boot).toMatchObject({
      pace: { taken: 0 },
      reports: machines,
      refused: 0,
      faults: { count: 0 },
    });
    expect(
      new Set(
        platform.taken
          .filter(({ kind }) => kind === 'boot-answered')
          .map((event) => (event.kind === 'boot-answered' ? event.mac : '')),
      ).size,
    ).toBe(machines);
  });

  /** A connection that breaks is a file that does not come: the machine tries again, as any would. */
  function send(url: string, body?: string): Promise<{ status: number | undefined; text: string }> {
    return new Promise((resolve) => {
      const broken = () => resolve({ status: undefined, text: '' });
      const asking = request(url, { agent: connections, method: body === undefined ? 'GET' : 'POST' })
        .on('error', broken)
        .on('response', (answer) => {
          const chunks: Buffer[] = [];
          answer
            .on('data', (chunk: Buffer) => chunks.push(chunk))
            .on('end', () => resolve({ status: answer.statusCode, text: Buffer.concat(chunks).toString('latin1') }))
            .on('error', broken);
        });
      asking.end(body);
    });
  }
});
