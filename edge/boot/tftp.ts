import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { minutes, seconds } from '../../shared/kernel/durations.ts';
import type { Scheduler } from '../../shared/kernel/scheduler.ts';
import type { EdgeLog } from '../kernel/log.ts';
import { tftpdArguments, type TftpSettings } from './tftpd.ts';

export interface TftpStatus {
  address: string;
  isRunning: boolean;
  /** How often it was restarted since the agent started. */
  restarts: number;
}

export interface Tftp {
  status(): TftpStatus;
  stop(): Promise<void>;
}

const program = '/usr/sbin/in.tftpd';
const longestPause = minutes(1);
/** A server that ran this long had started well. */
const wellAfter = minutes(5);

export interface TftpOptions extends TftpSettings {
  datacenter: string;
  /** The file for its process id, so that one that outlived its agent is found. */
  pidFile: string;
  time: Scheduler;
  log: EdgeLog;
  /** The user that it becomes once it has its port. */
  user?: string;
}

/** Keeps Debian's in.tftpd running as a child process, for datacenters that do not run it as a service. */
export function startTftp({ datacenter, pidFile, time, log, user, ...settings }: TftpOptions): Tftp {
  let child: ChildProcess | undefined;
  let cancel: (() => void) | undefined;
  let [restarts, failures, isStopped] = [0, 0, false];

  function start(): void {
    const startedAt = time.now();
    const started = spawn(program, tftpdArguments(settings, user), { stdio: 'ignore' });
    let hasEnded = false;
    const ended = (reason: string) => {
      if (hasEnded || isStopped) return;
      hasEnded = true;
      child = undefined;
      failures = time.now() - startedAt >= wellAfter ? 1 : failures + 1;
      restarts += 1;
      const pause = Math.min(longestPause, seconds(1) * 2 ** (failures - 1));
      log.tftpdEnded({ datacenter, reason, seconds: pause / 1000 });
      cancel = time.schedule(time.now() + pause, start);
    };
    started.once('error', (error) =>
      ended(`${program} cannot be started (${error.message}). Install it: apt-get install tftpd-hpa`),
    );
    started.once('exit', (code, signal) =>
      ended(`it ended with ${signal ?? `code ${code}`}; port 69 needs root, and may be held by another`),
    );
    child = started;
    if (started.pid !== undefined) writeFileSync(pidFile, String(started.pid));
  }

  endLeftOver(pidFile);
  start();
  return {
    status: () => ({ address: settings.address, isRunning: child !== undefined, restarts }),
    stop: async () => {
      isStopped = true;
      cancel?.();
      if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        child.kill('SIGTERM');
        await gone;
      }
      rmSync(pidFile, { force: true });
    },
  };
}

/** A killed agent leaves its child behind, which holds the port. Only a process that is in fact in.tftpd is ended. */
function endLeftOver(pidFile: string): void {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]?.endsWith('in.tftpd')) process.kill(pid, 'SIGKILL');
  } catch {
    // no such file or process
  }
}
