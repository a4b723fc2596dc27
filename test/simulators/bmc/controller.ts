import { closeStreams } from './events.ts';
import { note } from './log.ts';
import type { Machine } from './machine.ts';
import { hasFault } from './state.ts';
import { takes } from './timing.ts';

export interface ControllerJob {
  serial: string;
  epoch: number;
  step: 'started' | 'lease';
}

/** Standby power is there: the BMC starts, and asks for an address when it is up. */
export function startBmc(machine: Machine): void {
  enter(machine, 'booting');
  next(machine, 'started', takes.bmcStart);
}

/** Its sessions end; its address answers nothing for a while, or only that it is busy. */
export async function restartBmc(machine: Machine): Promise<void> {
  const { record } = machine;
  record.sessions = [];
  record.faults = record.faults.filter(({ kind }) => kind !== 'hung');
  enter(machine, 'resetting');
  closeStreams(record);
  note(machine, 'OK', 'The management controller restarts.');
  if (!hasFault(record, 'busy-while-resetting')) await machine.deps.network?.close(machine.serial);
  next(machine, 'started', takes.bmcRestart);
}

export async function stopBmc(machine: Machine): Promise<void> {
  machine.record.sessions = [];
  closeStreams(machine.record);
  enter(machine, 'off');
  await machine.deps.network?.close(machine.serial);
}

export async function controllerStep(machine: Machine, step: ControllerJob['step']): Promise<void> {
  const { record, deps, serial, context } = machine;
  if (step === 'started') {
    record.bmc = 'up';
    record.upAt = context.now();
    await deps.network?.open(serial);
  }
  const { address } = record;
  if (!address) return;
  try {
    await deps.onLease?.({
      datacenter: record.hardware.datacenter,
      serial,
      mac: record.hardware.bmcMac,
      address: address.host,
      port: address.port,
      url: `http://${address.host}:${address.port}`,
    });
  } catch {
    next(machine, 'lease', takes.dhcpRetry);
  }
}

function enter({ record }: Machine, bmc: typeof record.bmc): void {
  record.bmc = bmc;
  record.epoch += 1;
}

const next = ({ context, serial, record }: Machine, step: ControllerJob['step'], afterSeconds: number) =>
  context.later('controller', afterSeconds, { serial, epoch: record.epoch, step } satisfies ControllerJob);
