import type { SimContext, Simulator } from '../kit/simulator.ts';
import { controllerStep, startBmc, stopBmc, type ControllerJob } from './controller.ts';
import { continueErase, outOfSight } from './erase.ts';
import { deliver, type Delivery } from './events.ts';
import { continueUpdate } from './firmware.ts';
import type { ServerHardware } from './hardware.ts';
import type { HostJob } from './host-steps.ts';
import { hostStep, switchedOff } from './host.ts';
import { machineOf, type BmcDeps, type Machine } from './machine.ts';
import { serve } from './serve.ts';
import { unboxed, type BmcState } from './state.ts';

export interface PlugIn {
  server: ServerHardware;
  address: { host: string; port: number };
}

/**
 * Management controllers of the company's servers. A request's first segment is the server's serial number;
 * each is reached without it on an address of its own (BmcFleet).
 */
export function bmcSimulator(deps: BmcDeps = {}): Simulator<BmcState> {
  const find = (serial: string, context: SimContext<BmcState>): Machine | undefined => machineOf(serial, context, deps);
  /** Work that was begun before power was cut is called off. */
  const onMachine =
    <P extends { serial: string }>(work: (machine: Machine, payload: P) => void | Promise<void>) =>
    async (payload: P, context: SimContext<BmcState>) => {
      const machine = find(payload.serial, context);
      if (machine?.record.isPlugged) await work(machine, payload);
    };

  return {
    name: 'bmc',
    initialState: () => ({ servers: {}, nextHost: {} }),
    handle: (request, context) => {
      const [, serial = '', path = ''] = /^\/([^/]+)(\/.*)?$/.exec(request.path) ?? [];
      const machine = find(decodeURIComponent(serial), context);
      return machine?.record.isPlugged ? serve(machine, request, path) : undefined;
    },
    jobs: {
      'plug-in': ({ server, address }: PlugIn, context: SimContext<BmcState>) => {
        const known = context.state.servers[server.serial];
        const record = known ? { ...known, hardware: server } : unboxed(server);
        context.state.servers[server.serial] = { ...record, isPlugged: true, address };
        const machine = find(server.serial, context);
        if (!machine) return;
        if (!known) machine.record.accounts = withSlots(machine);
        if (!known && machine.quirks.passwordChangeFirst)
          for (const account of machine.record.accounts) account.mustChangePassword = true;
        startBmc(machine);
      },
      unplug: onMachine(async (machine) => {
        if (machine.record.host.power !== 'Off') switchedOff(machine);
        machine.record.isPlugged = false;
        outOfSight(machine);
        await stopBmc(machine);
      }),
      'drives-written': onMachine((machine) => {
        for (const drive of Object.values(machine.record.drives)) drive.writes += 1;
      }),
      controller: onMachine<ControllerJob>(async (machine, { epoch, step }) => {
        if (machine.record.epoch === epoch) await controllerStep(machine, step);
      }),
      host: onMachine<HostJob>(async (machine, { epoch, step }) => {
        if (machine.record.host.epoch === epoch) await hostStep(machine, step);
      }),
      deliver: onMachine<Delivery>((machine, delivery) => deliver(machine, delivery)),
      task: onMachine<{ serial: string; task: string }>(async (machine, { task: id }) => {
        const task = machine.record.tasks.find((each) => each.id === id);
        if (task?.state !== 'Running') return;
        if (task.work.kind === 'erase') continueErase(machine, task);
        else await continueUpdate(machine, task);
      }),
      'task-appears': onMachine<{ serial: string; task: string }>((machine, { task: id }) => {
        const task = machine.record.tasks.find((each) => each.id === id);
        if (task) task.isVisible = true;
      }),
    },
    holdings: (state) =>
      Object.fromEntries(
        Object.entries(state.servers)
          .filter(([, record]) => record.isPlugged)
          .map(([serial, record]) => [
            serial,
            {
              accounts: record.accounts
                .filter((each) => each.username && each.username !== record.hardware.factoryAccount.username)
                .map((each) => `${each.username} (${each.role})`)
                .toSorted(),
              bootOverride: record.boot.enabled === 'Disabled' ? 'none' : record.boot.target,
              power: record.host.power,
            },
          ]),
      ),
  };
}

/** On platforms with slots the factory's account sits in the second of them; the others are there, empty. */
function withSlots({ record, quirks }: Machine): typeof record.accounts {
  if (!quirks.accountSlots) return record.accounts;
  return Array.from(
    { length: quirks.accountSlots.last },
    (_, index) =>
      record.accounts.find((each) => each.id === String(index + 1)) ?? {
        id: String(index + 1),
        username: '',
        password: '',
        role: 'None',
        isEnabled: false,
      },
  );
}
