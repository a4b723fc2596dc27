// The way in: `npm start`, `npm test` and the rest all come through here.
// Runs on Node 20 with nothing installed; everything after it runs on the Node pinned in package.json.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const inRoot = (...parts) => path.join(root, ...parts);
const exe = process.platform === 'win32' ? '.exe' : '';
const pinnedNode = inRoot('node_modules', 'node', 'bin', `node${exe}`);

const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
  '--config',
  'test/jest/jest.config.mjs',
];

/** What each npm script runs on the pinned Node: a list of argument lists, each must succeed. */
const commands = {
  start: (args) => [['--max-semi-space-size=1', 'infra/local/start.ts', ...args]],
  test: (args) => [[...jest, ...args]],
  story: (args) => [['infra/local/story.ts', ...args]],
  bench: (args) => [['test/bench/run.ts', ...args]],
  fuzz: (args) => [['test/fuzz/run.ts', ...args]],
  pictures: (args) => [['test/e2e/portal/pictures.ts', ...args]],
  token: (args) => [['infra/local/token.ts', ...args]],
  settings: () => [['infra/local/write-settings.ts']],
  edge: (args) => [['infra/edge/build.ts', ...args]],
  lint: (args) => [
    ['node_modules/oxlint/bin/oxlint', '--deny-warnings', ...args],
    ['node_modules/oxfmt/bin/oxfmt', '--check'],
  ],
  format: (args) => [['node_modules/oxfmt/bin/oxfmt', ...args]],
  typecheck: () => [
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'],
    ['node_modules/typescript/bin/tsc', '-p', 'portal/tsconfig.json'],
  ],
  run: (args) => [args],
};

const [command = '', ...args] = process.argv.slice(2);
const plan = commands[command];
if (!plan) fail(`Unknown command '${command}'. Known: ${Object.keys(commands).join(', ')}.`);
if (Number(process.versions.node.split('.')[0]) < 20)
  fail(`Node ${process.versions.node} is too old: Rackline starts on Node 20 or newer (https://nodejs.org).`);

installDependencies();
for (const nodeArgs of plan(args)) {
  const code = await runOnPinnedNode(nodeArgs);
  if (code !== 0) process.exit(code);
}

function installDependencies() {
  const stampFile = inRoot('node_modules', '.rackline-stamp');
  const stamp = createHash('sha256')
    .update(readFileSync(inRoot('package-lock.json')))
    .digest('hex');
  const isCurrent = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && existsSync(pinnedNode);
  if (isCurrent) return;
  console.error('Installing dependencies (only when package-lock.json has changed) …');
  npm('ci', '--loglevel=error', '--no-audit', '--no-fund');
  // npm can be told to run no install scripts at all; the pinned Node then still lacks its binary.
  if (!existsSync(pinnedNode)) npm('rebuild', 'node', '--ignore-scripts=false', '--loglevel=error');
  if (!existsSync(pinnedNode))
    fail(
      `The pinned Node is missing at ${pinnedNode}: npm ran no install script for the package 'node'. Run ` +
        `'npm rebuild node --ignore-scripts=false' and try again.`,
    );
  writeFileSync(stampFile, stamp);
}

function npm(...npmArgs) {
  const cli = process.env.npm_execpath;
  const [file, prefix] = cli?.endsWith('.js') ? [process.execPath, [cli]] : ['npm', []];
  const { status, error } = spawnSync(file, [...prefix, ...npmArgs], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: file === 'npm' && process.platform === 'win32',
  });
  if (status !== 0)
    fail(
      `'npm ${npmArgs.join(' ')}' failed${error ? `: ${error.message}` : ` with code ${status}`}. The ` +
        'lines above say why.',
    );
}

function runOnPinnedNode(nodeArgs) {
  const child = spawn(pinnedNode, nodeArgs, {
    cwd: root,
    stdio: 'inherit',
    // What was compiled once is read the next time: processes start sooner, and hold less.
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: inRoot('node_modules', '.cache', 'compiled'),
      PATH: [path.dirname(pinnedNode), inRoot('node_modules', '.bin'), process.env.PATH].join(path.delimiter),
    },
  });
  // Ctrl-C reaches the whole group by itself; other signals are passed on, and the child decides when it is done.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('error', (error) => fail(`Could not start ${pinnedNode}: ${error.message}`));
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
