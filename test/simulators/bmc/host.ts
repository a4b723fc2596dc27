import type { SimAnswer } from '../kit/simulator.ts';
import { accepted, problem } from './answers.ts';
import { applyStaged, hasStaged } from './firmware.ts';
import { next, type HostStep } from './host-steps.ts';
import { note } from './log.ts';
import type { Machine } from './machine.ts';
import { askWhatToDo, beginNetworkBoot, bootFromDrive, endJob, goOnInScript, halfDone, report } from './netboot.ts';
import { applyBiosSettings } from './settings.ts';
import { hasFault } from './state.ts';
import { takes } from './timing.ts';

const startTypes = new Set(['On', 'ForceOn']);
const restartTypes = new Set(['ForceRestart', 'GracefulRestart', 'PowerCycle']);

/** ComputerSystem.Reset: accepted at once, done later. */
export function resetHost(machine: Machine, type: string): SimAnswer {
  const { record, context } = machine;
  const isOff = record.host.power === 'Off' || record.host.power === 'PoweringOff';
  if (hasFault(record, 'reset-lost')) return accepted();
  if (startTypes.has(type)) return isOff ? start(machine) : alreadySo(machine);
  if (restartTypes.has(type)) return isOff ? alreadySo(machine) : restart(machine, type);
  if (type === 'ForceOff') return isOff ? alreadySo(machine) : cutPower(machine);
  if (type === 'GracefulShutdown' || type === 'PushPowerButton')
    return isOff ? alreadySo(machine) : askToShutDown(machine);
  context.effect('power', `${machine.serial}/${type}@${record.host.boots}`);
  return accepted();
}

/** The vendors' three ways to say: it is so already, or cannot be done now. */
const alreadySo = ({ quirks }: Machine): SimAnswer =>
  quirks.whenAlreadySo === 409
    ? problem(409, 'ResourceInUse', 'The operation is not performed: the server is already in that power state.')
    : quirks.whenAlreadySo === 400
      ? problem(
          400,
          'InvalidOperationForSystemState',
          'The operation was not successful due to the current power state.',
        )
      : accepted();

function start(machine: Machine): SimAnswer {
  const { record, context } = machine;
  if (record.host.power === 'PoweringOff' || context.now() < record.host.startableAt) {
    return problem(409, 'ResourceInUse', 'The server cannot be started yet: it is still switching off.');
  }
  counted(machine, 'on');
  enter(machine, 'PoweringOn', 'off');
  next(machine, 'powered', takes.powerOn);
  return accepted();
}

function restart(machine: Machine, type: string): SimAnswer {
  if (type === 'ForceRestart' && machine.quirks.restartByOffSeconds) {
    counted(machine, 'restart');
    enter(machine, 'On', 'post'); // and there it stays
    return accepted();
  }
  counted(machine, type === 'PowerCycle' ? 'power-cycle' : 'restart');
  beginPost(machine);
  return accepted();
}

function cutPower(machine: Machine): SimAnswer {
  counted(machine, 'off');
  switchedOff(machine);
  return accepted();
}

/** Only a running operating system or the validation image listens to the button; POST and a boot prompt do not. */
function askToShutDown(machine: Machine): SimAnswer {
  const { stage } = machine.record.host;
  if (stage === 'os' || stage === 'validation') {
    counted(machine, 'graceful-off');
    enter(machine, 'PoweringOff', stage);
    next(machine, 'shut-down', takes.gracefulShutdown);
  }
  return accepted();
}

/**
 * The same action twice within one start of the host is the same effect twice: nothing came of the first
 * before the second was sent.
 */
const counted = ({ context, serial, record }: Machine, action: string) =>
  context.effect('power', `${serial}/${action}@${record.host.boots}`);

export function switchedOff(machine: Machine): void {
  machine.deps.host?.stop(machine.serial);
  enter(machine, 'Off', 'off');
  machine.record.host.startableAt = machine.context.moment(machine.quirks.onRefusedAfterOffSeconds ?? 0);
  note(machine, 'OK', 'The server was switched off.');
}

function beginPost(machine: Machine): void {
  machine.deps.host?.stop(machine.serial);
  enter(machine, 'On', 'post');
  machine.record.host.lastResetAt = machine.context.now();
  note(machine, 'OK', 'The server is starting.');
  next(machine, 'booted', takes.post + (hasStaged(machine) ? takes.firmwareFlash : 0));
}

export async function hostStep(machine: Machine, step: HostStep): Promise<void> {
  switch (step) {
    case 'powered':
      return beginPost(machine);
    case 'booted':
      return booted(machine);
    case 'ipxe':
      return goOnInScript(machine);
    case 'image-up':
    case 'report':
      return report(machine);
    case 'ask-for-job':
      return askWhatToDo(machine);
    case 'half-done':
      return halfDone(machine);
    case 'done':
      return endJob(machine);
    case 'shut-down':
      return switchedOff(machine);
  }
}

/** POST is over: new firmware runs, and the boot source is chosen; an override for once is used up by it. */
function booted(machine: Machine): void {
  const { record } = machine;
  applyStaged(machine);
  applyBiosSettings(record);
  record.host.boots += 1;
  const { boot } = record;
  const fromNetwork = boot.enabled !== 'Disabled' && ['Pxe', 'UefiHttp'].includes(boot.target);
  if (boot.enabled === 'Once') record.boot = { ...boot, enabled: 'Disabled', target: 'None' };
  if (machine.deps.host) {
    record.host.stage = fromNetwork ? 'network-boot' : 'os';
    machine.deps.host.start(machine.serial, fromNetwork ? 'network' : 'drive');
  } else if (fromNetwork) beginNetworkBoot(machine);
  else bootFromDrive(machine);
}

/** Whatever was to happen before is called off. */
function enter({ record }: Machine, power: typeof record.host.power, stage: typeof record.host.stage): void {
  record.host = { ...record.host, power, stage, epoch: record.host.epoch + 1, ipxe: undefined, image: undefined };
}
