// An identity in a process of its own that comes in, or renews, and is killed in the middle of its nth write, if it
// gets that far.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    url: { type: 'string' },
    authority: { type: 'string' },
    code: { type: 'string' },
    'kill-at': { type: 'string' },
    'days-later': { type: 'string' },
  },
});
const { folder = '', url = '', authority = '', code = '' } = values;
const killAt = Number(values['kill-at'] ?? 0);
const later = Number(values['days-later'] ?? 0) * 86_400_000;

let writes = 0;
const dies = (): boolean => ++writes === killAt;
const die = (): never => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('still alive');
};
const { writeFileSync, renameSync, rmSync, fsyncSync } = fs;
Object.assign(fs, {
  writeFileSync: (...[file, text, options]: Parameters<typeof writeFileSync>) => {
    if (!dies()) return writeFileSync(file, text, options);
    writeFileSync(file, String(text).slice(0, String(text).length / 2), options);
    return die();
  },
  renameSync: (...args: Parameters<typeof renameSync>) => (dies() ? die() : renameSync(...args)),
  rmSync: (...args: Parameters<typeof rmSync>) => (dies() ? die() : rmSync(...args)),
  fsyncSync: (...args: Parameters<typeof fsyncSync>) => (dies() ? die() : fsyncSync(...args)),
});
syncBuiltinESMExports();

const { Identity } = await import('../../../edge/platform/identity.ts');
const { IdentityFiles } = await import('../../../edge/platform/identity-files.ts');
const { createEnrolmentClient } = await import('../../../edge/platform/enrolment-client.ts');
const { silentEdgeLog } = await import('../../../edge/kernel/log.ts');
const { systemScheduler } = await import('../../../shared/kernel/scheduler.ts');
const { Secret } = await import('../../../shared/kernel/secret.ts');

const now = () => Date.now() + later;
const identity = new Identity({
  files: new IdentityFiles(folder),
  enrolment: createEnrolmentClient({ url, version: '1.0.0-test' }),
  datacenter: 'dc-nyc-01',
  code: new Secret(code),
  authorities: [fs.readFileSync(authority, 'utf8')],
  log: silentEdgeLog,
  time: { now, schedule: (at, run) => systemScheduler.schedule(at - later, run) },
});
const before = identity.tls();
identity.start(() => {});
setInterval(() => {
  const isRenewed = later === 0 || identity.tls() !== before;
  if (identity.status().state === 'valid' && isRenewed) process.exit(0);
}, 5);
