// `npm start`: everything on this machine, until Ctrl-C.
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { BadSettings } from '../../shared/kernel/setting-values.ts';
import { readSettings, type Settings } from '../../shared/wiring/settings.ts';
import { systemsStanding, whatIsOff } from '../../shared/wiring/systems-standing.ts';
import { company } from './lab.ts';
import { LocalPlatform } from './platform.ts';
import { applySettingsFile } from './settings-file.ts';

const settings = settingsOrEnd();
mkdirSync(settings.DATA_DIR, { recursive: true });
const logFile = path.join(settings.DATA_DIR, 'rackline.log');
const platform = new LocalPlatform({ settings, log: (line) => appendFileSync(logFile, `${line}\n`) });

let stopping: Promise<void> | undefined;
const stop = (): void => {
  stopping ??= platform.stop().then(() => {
    console.log('Stopped. What was written stays in', settings.DATA_DIR);
    process.exit(0);
  });
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

console.log('Starting Rackline …');
try {
  await platform.start();
  console.log(greeting());
} catch (error) {
  await stopping; // told to stop while it started: nothing went wrong
  console.error(
    `Rackline could not start: ${error instanceof Error ? error.message : String(error)}\nThe log is ${logFile}.`,
  );
  await platform.stop();
  process.exit(1);
}

function greeting(): string {
  const lines = ['', `  Rackline   ${platform.url}`];
  if (platform.isLab) {
    lines.push(
      `  Lab        ${platform.labUrl}   (a simulated company: no outside system is configured)`,
      '  Sign in as',
      ...company.people
        .filter(({ email }) => !email.startsWith('technician@') || email.includes('nyc'))
        .map(({ email, roles }) => `    ${email.padEnd(44)} ${roles.join(', ')}`),
    );
  }
  const off = platform.isLab ? [] : whatIsOff(systemsStanding(settings));
  if (off.length > 0) lines.push('  Off', ...off.map((sentence) => `    ${sentence}`));
  return [...lines, `  Log        ${logFile}`, '', '  Ctrl-C stops it; everything is kept.', ''].join('\n');
}

function settingsOrEnd(): Settings {
  try {
    applySettingsFile();
    return readSettings();
  } catch (error) {
    console.error(error instanceof BadSettings || error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}
