// `npm run story`: the whole life of a server against the lab, printed as it happens. Ends with 0 only if all of it is
// true.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { DecommissionView } from '../../shared/domain/decommissions/decommissions.api.ts';
import type { OrderDetail } from '../../shared/domain/orders/orders.api.ts';
import { specifiedStates } from '../../shared/lifecycle/states.ts';
import { readSettings } from '../../shared/wiring/settings.ts';
import { PlatformClient } from './lab.ts';
import { LocalPlatform } from './platform.ts';
import { freePort } from './postgres.ts';

const patienceMilliseconds = 110_000;

const { values: options } = parseArgs({
  options: { keep: { type: 'boolean', default: false }, servers: { type: 'string', default: '2' } },
});
const folder = mkdtempSync(path.join(os.tmpdir(), 'rackline-story-'));
const settings = readSettings({
  DATA_DIR: folder,
  PORT: String(await freePort()),
  LAB_PORT: String(await freePort()),
  LAB_SPEED: '600',
  LOG_LEVEL: 'warn',
});
const platform = new LocalPlatform({
  settings,
  log: (line) => appendFileSync(path.join(folder, 'rackline.log'), `${line}\n`),
  withPortal: false,
});
const ended = new AbortController();
const began = Date.now();
const failures: string[] = [];
const check = (isTrue: boolean, claim: string) => {
  console.log(`  ${isTrue ? 'true ' : 'FALSE'}  ${claim}`);
  if (!isTrue) failures.push(claim);
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(130));
const timer = setTimeout(() => {
  console.error(`The story did not end within ${patienceMilliseconds / 1000} s.`);
  void end(1);
}, patienceMilliseconds);

try {
  await platform.start();
  console.log(`The platform is up after ${since()} at ${platform.url}\n`);
  await emit();
} catch (error) {
  failures.push(error instanceof Error ? error.message : String(error));
  console.error(error);
}
await end(failures.length === 0 ? 0 : 1);

async function emit(): Promise<void> {
  const as = (signIn: string) => new PlatformClient({ url: platform.url, issuer: platform.issuer, signIn });
  const [tenant, ops, auditor] = [
    as('tenant-admin@acme.example'),
    as('ops@rackline.example'),
    as('auditor@rackline.example'),
  ];
  const history = new Map<string, string[]>();
  void watch(ops, history);

  console.log('A tenant orders what is not in stock.');
  const order = await tenant.post<{ id: string }>('/api/v1/orders', {
    datacenter: 'dc-nyc-01',
    lines: [
      {
        quantity: Number(options.servers),
        config: { cpu: '2x Intel Xeon Gold 6530', ram: '512GB DDR5', storage: '4x 3.84TB NVMe', network: '2x 100GbE' },
      },
    ],
  });
  const fulfilled = await until('the order is fulfilled', async () => {
    const now = await tenant.get<OrderDetail>(`/api/v1/orders/${order.id}`);
    if (now.state === 'failed' || now.state === 'cancelled')
      throw new Error(`The order is ${now.state}: ${now.endedReason}`);
    return now.state === 'fulfilled' ? now : undefined;
  });
  const [server] = fulfilled.servers;
  if (!server) throw new Error('The order is fulfilled without a server.');

  console.log('\nIts first server is maintained, and later given up.');
  const credentials = await tenant.post<{ username: string }>(`/api/v1/servers/${server.id}/credentials/reveal`);
  await ops.post('/api/v1/maintenance-windows', {
    serverId: server.id,
    reason: 'replace a fan',
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  await until(
    'the maintenance is over',
    async () =>
      (history.get(server.id)?.includes('MAINTENANCE') && history.get(server.id)?.at(-1) === 'IN_SERVICE') || undefined,
  );
  const wish = await ops.post<DecommissionView>('/api/v1/decommissions', {
    serverId: server.id,
    reason: 'the tenant moves out',
    disposition: 'retired',
  });
  const gone = await until('the server is decommissioned', async () => {
    const now = await ops.get<DecommissionView>(`/api/v1/decommissions/${wish.id}`);
    return now.state === 'done' ? now : undefined;
  });
  await until('the stream has told of it', async () => history.get(server.id)?.includes('DECOMMISSIONED') || undefined);

  console.log('\nWhat is true of it:');
  const passed = history.get(server.id) ?? [];
  const missing = specifiedStates.filter((state) => !passed.includes(state));
  check(
    missing.length === 0,
    `it passed all 22 states of the specification${missing.length > 0 ? `, but not ${missing.join(', ')}` : ''}`,
  );
  check(
    fulfilled.servers.every(({ state }) => state === 'IN_SERVICE'),
    `all ${fulfilled.servers.length} servers of the order reached IN_SERVICE`,
  );
  check(passed.at(-1) === 'DECOMMISSIONED', 'its life ended in DECOMMISSIONED');
  check(credentials.username.length > 0, 'its tenant had credentials of its own');
  check(
    gone.certificate !== null &&
      gone.certificate.drives.length > 0 &&
      gone.certificate.drives.every(({ isVerified }) => isVerified),
    `its ${gone.certificate?.drives.length ?? 0} drives are certified as erased, each one proved`,
  );
  const chain = await auditor.get<{ verified: number; brokenAt: unknown }>('/api/v1/audit/verify');
  check(chain.brokenAt === null && chain.verified > 0, `the log of ${chain.verified} events is one unbroken chain`);
  const repeated = (await (await fetch(`${platform.labUrl}/lab/effects/repeated`)).json()) as {
    system: string;
    kind: string;
    key: string;
  }[];
  check(
    repeated.length === 0,
    'no outside system saw an effect ' +
      `twice${repeated.map(({ system, kind, key }) => ` (${system}: ${kind} ${key})`).join('')}`,
  );
  const { messages: mails } = (await (await fetch(`${platform.labUrl}/mail/messages`)).json()) as {
    messages: { copies: number }[];
  };
  check(mails.length > 0 && mails.every(({ copies }) => copies === 1), `each of ${mails.length} mails was sent once`);
  const stuck = await ops.get<{ items: unknown[] }>('/api/v1/sagas?state=stuck');
  check(stuck.items.length === 0, 'no saga is stuck');
}

/** Prints every change of a server's state with its time and cause. */
async function watch(ops: PlatformClient, history: Map<string, string[]>): Promise<void> {
  let position: number | undefined = 0;
  while (!ended.signal.aborted) {
    try {
      for await (const { sequence, type, data } of ops.stream(position, ended.signal)) {
        position = sequence;
        const { serverId, from, to, cause } = data;
        if (
          !type.startsWith('com.rackline.assets.') ||
          typeof to !== 'string' ||
          typeof serverId !== 'string' ||
          cause === 'found-on-shelf'
        )
          continue;
        history.set(serverId, [...(history.get(serverId) ?? []), to]);
        console.log(
          `  ${since().padStart(7)}  ${serverId.slice(-6)}  ${String(from ?? '-').padEnd(26)} → ` +
            `${to.padEnd(26)} ${String(cause)}`,
        );
      }
    } catch (error) {
      if (!ended.signal.aborted)
        console.error(
          `  the stream broke and is opened again: ${error instanceof Error ? error.message : String(error)}`,
        );
    }
  }
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen !== undefined) {
      console.log(`  ${since().padStart(7)}  ${what}`);
      return seen;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function since(): string {
  return `${((Date.now() - began) / 1000).toFixed(1)} s`;
}

async function end(code: number): Promise<never> {
  clearTimeout(timer);
  ended.abort();
  await platform.stop();
  if (options.keep) console.log(`Kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  console.log(
    code === 0
      ? `\nThe whole story is true, after ${since()}.`
      : `\nThe story is not true: ${failures.join('; ') || 'it was stopped'}.`,
  );
  process.exit(code);
}
