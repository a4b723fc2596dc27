// Started by the service manager: runs the agent's current release, and rolls back to the previous one when a new one
// fails its trial. Plain JavaScript without dependencies, so that it need not change with the agent.
import { spawn } from 'node:child_process';
import {
  existsSync,
  fsyncSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** The agent's exit code when it has put another release in place (sysexits: try again). */
const handedOver = 75;
const endsAllowed = 3;
const longestPause = 30_000;
const graceMilliseconds = 15_000;

const { values: options } = parseArgs({ options: { 'trial-seconds': { type: 'string', default: '60' } } });
const trialMilliseconds = Number(options['trial-seconds']) * 1000;
const folder = path.resolve(process.env.EDGE_DATA_DIR || '/var/lib/rackline-edge', 'releases');
const inFolder = (name) => path.join(folder, name);
const fileOf = (version) => inFolder(`rackline-edge-${version}.mjs`);

let child;
let isStopping = false;
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
  process.on(signal, () => {
    isStopping = true;
    endChild();
    wake();
  });
let wake = () => {};

let pause = 1000;
while (!isStopping) {
  const state = takeOver(readState());
  const ended = await run(state);
  if (isStopping) break;
  if (ended.how === 'handed over') pause = 1000;
  else if (state.onTrial) judge(state, ended);
  else {
    say('warn', 'the agent ended; it is started again', {
      version: state.current,
      reason: ended.reason,
      seconds: pause / 1000,
    });
    pause = ended.afterMilliseconds > trialMilliseconds ? 1000 : Math.min(longestPause, pause * 2);
    await new Promise((resolve) => {
      wake = resolve;
      setTimeout(resolve, pause);
    });
  }
}

/**
 * One run of a release. A new one is on trial: it has to report within a minute that it works, and to run that long.
 */
async function run(state) {
  const began = Date.now();
  let isHealthy = false;
  let reason;
  child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      fileOf(state.current),
      '--launched',
      ...(state.rolledBack ? ['--rolled-back', state.rolledBack] : []),
    ],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  child.on('message', (message) => {
    if (message?.healthy === true) isHealthy = true;
  });
  const trial =
    state.onTrial &&
    setTimeout(() => {
      if (isHealthy) return confirm(state);
      reason = `it did not become healthy within ${trialMilliseconds / 1000} s`;
      endChild();
    }, trialMilliseconds);
  const code = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (status, signal) => resolve(signal ?? status));
  });
  clearTimeout(trial);
  child = undefined;
  return {
    how: reason ? 'unhealthy' : code === handedOver && existsSync(inFolder('next')) ? 'handed over' : 'ended',
    reason: reason ?? `it ended with ${code}`,
    afterMilliseconds: Date.now() - began,
  };
}

/** A release on trial has ended: start it once more, or roll back. */
function judge(state, { how, reason }) {
  const ends = state.ends + 1;
  if (how !== 'unhealthy' && ends < endsAllowed) {
    say('warn', 'the new release ended; it is started again', { version: state.current, reason });
    return writeState({ ...state, ends });
  }
  say('error', 'the new release does not do; back to the one before', {
    version: state.current,
    previous: state.previous,
    reason,
  });
  writeState({ current: state.previous, previous: null, onTrial: false, ends: 0, rolledBack: state.current });
}

function confirm(state) {
  if (!state.onTrial) return;
  state.onTrial = false;
  say('info', 'the new release does', { version: state.current });
  writeState({ ...state, ends: 0, rolledBack: null });
  const kept = [state.current, state.previous].map((version) => path.basename(fileOf(version)));
  for (const name of readdirSync(folder))
    if (name.startsWith('rackline-edge-') && !kept.includes(name)) rmSync(inFolder(name), { force: true });
}

/** Takes the release that the agent has put in place, once; a crash in between takes it again. */
function takeOver(state) {
  if (!existsSync(inFolder('next'))) return state;
  const version = readFileSync(inFolder('next'), 'utf8').trim();
  if (version === state.current || !existsSync(fileOf(version))) {
    rmSync(inFolder('next'), { force: true });
    return state;
  }
  // A release that follows one on trial rolls back to the last one that passed.
  const next = {
    current: version,
    previous: state.onTrial ? state.previous : state.current,
    onTrial: true,
    ends: 0,
    rolledBack: state.rolledBack,
  };
  say('info', 'a new release is tried', { version, previous: next.previous });
  writeState(next);
  rmSync(inFolder('next'), { force: true });
  return next;
}

function readState() {
  const noted = readNote();
  if (noted && existsSync(fileOf(noted.current))) return noted;
  if (noted) say('error', 'the current release is not there', { version: noted.current });
  const rolledBack = noted?.rolledBack ?? null;
  const [newest] = releases().filter((version) => version !== rolledBack);
  if (newest === undefined) {
    say('error', `there is no release in ${folder}: put one there (rackline-edge-<version>.mjs)`, {});
    process.exit(1);
  }
  // Stored at once: a release that the agent puts in place later is a new one.
  const first = { current: newest, previous: null, onTrial: false, ends: 0, rolledBack };
  writeState(first);
  return first;
}

function readNote() {
  try {
    return JSON.parse(readFileSync(inFolder('state.json'), 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') say('error', 'what the launcher had noted cannot be read', { reason: error.message });
    return undefined;
  }
}

/** Newest version first. */
function releases() {
  if (!existsSync(folder)) return [];
  const versions = readdirSync(folder)
    .map((name) => /^rackline-edge-(.+)\.mjs$/.exec(name)?.[1])
    .filter((version) => version !== undefined);
  return versions.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}

/** The old state is valid until the new one is on disk whole. */
function writeState(state) {
  const fresh = inFolder('state.json.new');
  writeFileSync(fresh, `${JSON.stringify(state)}\n`, { flush: true });
  renameSync(fresh, inFolder('state.json'));
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

function endChild() {
  const ending = child;
  ending?.kill('SIGTERM');
  setTimeout(() => ending?.kill('SIGKILL'), graceMilliseconds).unref();
}

function say(level, msg, fields) {
  process.stderr.write(`${JSON.stringify({ level, time: new Date().toISOString(), ...fields, msg })}\n`);
}
