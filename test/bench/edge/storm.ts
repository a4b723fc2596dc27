// A thousand servers powered on within a minute, before the whole platform as `npm start` runs it: how long after its
// BMC was given an address each is DISCOVERED.
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { discoverServer } from '../../../orchestrations/discovery/discover-server.saga.ts';
import { createNetbox } from '../../../shared/adapters/netbox/client.ts';
import type { ManifestItem } from '../../../shared/facts/server.ts';
import { isoTime, systemClock } from '../../../shared/kernel/clock.ts';
import { connect, type Database } from '../../../shared/kernel/database/database.ts';
import { minutes } from '../../../shared/kernel/durations.ts';
import { DatacenterId, ServerId } from '../../../shared/kernel/ids.ts';
import { newId } from '../../../shared/kernel/new-id.ts';
import { Secret } from '../../../shared/kernel/secret.ts';
import { applyTransition, beginLife } from '../../../shared/lifecycle/apply.ts';
import type { Dcim } from '../../../shared/ports/dcim.ts';
import { sagaId } from '../../../shared/saga/define-saga.ts';
import { recordSaga } from '../../../shared/saga/journal.db.ts';
import { company } from '../../simulators/kit/company.ts';
import { netboxAccount } from '../../simulators/netbox/netbox.ts';
import type { Benchmark } from '../kit/benchmark.ts';
import { startPlatform } from '../kit/platform.ts';
import { costsOf } from '../kit/processes.ts';
import { quantile, sampleOf } from '../kit/statistics.ts';

const servers = 1000;
const withinSeconds = 60;
const config = { cpu: '2x Intel Xeon Gold 6530', ram: '512GB DDR5', storage: '4x 3.84TB NVMe', network: '2x 100GbE' };
const [place] = company.datacenters;
const datacenter = DatacenterId.parse(place?.id);

export const stormBenchmark: Benchmark = {
  name: 'edge-storm',
  about:
    `${servers} servers of a datacenter powered on within ${withinSeconds} s: from the address of each BMC ` +
    'to DISCOVERED',
  run: async (closing, say) => {
    const platform = await startPlatform(closing, { LAB_SPEED: '600', LAB_AUTOPILOT: 'off' });
    const db = connect({ url: platform.databaseUrl, maxConnections: 4 });
    closing.add(() => db.close());
    say(`preparing ${servers} cabled servers that wait for their BMC`);
    const machines = await prepare(
      db,
      createNetbox({ baseUrl: `${platform.labUrl}/netbox`, token: new Secret(netboxAccount.token) }),
    );
    await until(
      () => countOf(db, "SELECT count(*) AS count FROM saga WHERE name = 'discover-server' AND state = 'waiting'"),
      servers,
    );
    say('powering them on');
    const { hosts, edge, lab, database } = platform.pids;
    const pids = { platform: hosts, 'edge agents': [edge ?? 0], lab: [lab ?? 0], database: [database ?? 0] };
    const before = Object.fromEntries(Object.entries(pids).map(([name, all]) => [name, cpuOf(all)]));
    const began = performance.now();
    for (const [index, machine] of machines.entries()) {
      const due = (index / servers) * withinSeconds * 1000;
      if (due > performance.now() - began) await delay(due - (performance.now() - began));
      await fetch(`${platform.labUrl}/lab/servers`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ machines: [{ ...machine, datacenter }] }),
      });
    }
    await until(() => countOf(db, "SELECT count(*) AS count FROM asset WHERE state = 'DISCOVERED'"), servers, 300_000);
    const took = (performance.now() - began) / 1000;
    const stages = await stagesOf(db);
    const overheads = stages.map(({ discovered }) => discovered);
    const median = (of: (each: z.infer<typeof Stages>) => number) => quantile(stages.map(of), 0.5).toFixed(2);
    const cpu = Object.entries(pids)
      .map(([name, all]) => `${name} ${(((cpuOf(all) - (before[name] ?? 0)) / took) * 100).toFixed(0)} %`)
      .join(', ');
    const repeated = (await (await fetch(`${platform.labUrl}/lab/effects/repeated`)).json()) as unknown[];
    return {
      figures: [
        { what: 'DISCOVERED', unit: `of ${servers}`, ours: sampleOf([overheads.length]), target: 'all' },
        { what: 'from address to DISCOVERED, median', unit: 's', ours: sampleOf([quantile(overheads, 0.5)]) },
        {
          what: 'from address to DISCOVERED, p95',
          unit: 's',
          ours: sampleOf([quantile(overheads, 0.95)]),
          target: '< 5 s',
        },
        { what: 'the slowest', unit: 's', ours: sampleOf([Math.max(...overheads)]) },
        { what: 'from the first power-on to the last DISCOVERED', unit: 's', ours: sampleOf([took]) },
      ],
      notes: [
        `On the way, medians: heard by the platform after ${median(({ heard }) => heard)} s, POWERED_ON ` +
          `after ${median(({ poweredOn }) => poweredOn)} s, DISCOVERED after ` +
          `${median(({ discovered }) => discovered)} s.`,
        `CPU meanwhile, of one core: ${cpu}.`,
        'Everything is on this machine: agents, platform, database, and the thousand BMCs with their NetBox.',
      ],
      problems: repeated.length > 0 ? [`outside systems saw ${repeated.length} effects twice`] : [],
    };
  },
};

/** As they stand after a technician has cabled them, with the saga that waits for each. */
async function prepare(db: Database, dcim: Dcim): Promise<ManifestItem[]> {
  const machines: ManifestItem[] = [];
  for (let number = 0; number < servers; number++) {
    const mac = (port: number) =>
      `7c:c2:55:${[number >> 8, number & 255, port].map((part) => part.toString(16).padStart(2, '0')).join(':')}`;
    const machine: ManifestItem = {
      serial: `STORM${String(number).padStart(5, '0')}`,
      model: 'SYS-221H-TNR',
      manufacturer: 'Supermicro',
      bmcMac: mac(0),
      macs: [mac(1), mac(2)],
      config,
    };
    machines.push(machine);
    const id = ServerId.parse(newId('server', systemClock.now()));
    const origin = { actor: 'the benchmark' };
    await dcim.ensureDevice({ serverId: id, datacenter, ...machine });
    await beginLife(db, systemClock, 'found-on-shelf', { id, datacenterId: datacenter, ...machine }, origin);
    await applyTransition(db, systemClock, id, 'racked', origin);
    await applyTransition(db, systemClock, id, 'cabled', origin);
    // Accepted a while ago: the timer that heals crashes starts it.
    const saga = sagaId(discoverServer, id);
    await recordSaga(
      db,
      { id: saga, name: discoverServer.name, parentId: null, rootId: saga },
      { input: { serverId: id }, about: { serverId: id } },
      'accepted',
      isoTime(systemClock.now() - minutes(1)),
    );
  }
  return machines;
}

const Count = z.object({ count: z.number() });
const countOf = async (db: Database, sql: string): Promise<number> => (await db.maybe(Count, sql, []))?.count ?? 0;

const Stages = z.object({ heard: z.number(), poweredOn: z.number(), discovered: z.number() });

/**
 * By what each says of itself: the agent of the lease, the platform of when it heard, the lifecycle of the states.
 * Seconds after the lease.
 */
const stagesOf = (db: Database) =>
  db.many(
    Stages,
    `SELECT extract(epoch FROM asset.bmc_seen_at - leased.at)::float8 AS heard, extract(epoch
      FROM powered.time - leased.at)::float8 AS "poweredOn",
        extract(epoch FROM discovered.time - leased.at)::float8 AS discovered
   FROM asset
   JOIN (SELECT value::jsonb -> 'data' ->> 'mac' AS mac, min((value::jsonb -> 'data' ->> 'at')::timestamptz) AS at
     FROM runtime.record WHERE topic = 'edge.reported' GROUP BY 1) AS leased ON leased.mac = asset.bmc_mac
   JOIN event_log AS powered ON powered.subject = asset.id AND powered.type = 'com.rackline.assets.powered_on'
   JOIN event_log AS discovered ON discovered.subject = asset.id
     AND discovered.type = 'com.rackline.assets.discovered'`,
    [],
  );

const cpuOf = (pids: readonly number[]) =>
  [...(costsOf(pids)?.values() ?? [])].reduce((sum, { cpuMilliseconds }) => sum + cpuMilliseconds / 1000, 0);

async function until(count: () => Promise<number>, wanted: number, atMostMilliseconds = 180_000): Promise<void> {
  const end = performance.now() + atMostMilliseconds;
  for (let now = await count(); now < wanted; now = await count()) {
    if (performance.now() > end)
      throw new Error(`Only ${now} of ${wanted} got there in ${atMostMilliseconds / 1000} s.`);
    await delay(200);
  }
}
