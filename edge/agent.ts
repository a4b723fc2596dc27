import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { CommandOutcome, EdgeEvent } from '../shared/api/edge.ts';
import type { EdgeRelease } from '../shared/api/edge-agents.ts';
import { isoTime } from '../shared/clock.ts';
import { explain } from '../shared/errors/app-error.ts';
import type { MacAddress, ServerFacts } from '../shared/facts.ts';
import { newId, type DatacenterId } from '../shared/ids.ts';
import { startBmcs } from './bmc/bmcs.ts';
import { Configuration } from './configuration/configuration.ts';
import { originOfMac } from './dhcp/mac-origin.ts';
import { Expected } from './expected/expected.ts';
import { createHealth, type AgentStatus } from './health.ts';
import type { Identity } from './identity/identity.ts';
import { intakeRoutes } from './intake.ts';
import { Journal } from './journal/journal.ts';
import { listen, type Address, type Listener } from './listener.ts';
import type { EdgeLog } from './log.ts';
import { systemTime, type EdgeTime } from './time.ts';
import type { UpdateStatus } from './update/updater.ts';
import type { Platform } from './uplink/platform.ts';
import { Uplink } from './uplink/uplink.ts';

/** What is seen in a datacenter. */
export type Sighting =
  | { kind: 'lease'; mac: MacAddress; address: string; circuitId?: string | undefined }
  | { kind: 'inventory'; serial: string; facts: ServerFacts };

export interface AgentOptions {
  datacenter: DatacenterId;
  /** Its own folder: the journal, and what the platform has told it. */
  folder: string;
  journalBytes: number;
  /** Where DHCP hooks, the validation image and monitoring reach it: loopback, or an address of the management network. */
  address: Address;
  /** Who it is; started and stopped with the agent. */
  identity: Identity;
  platform: Platform;
  log: EdgeLog;
  time?: EdgeTime;
  /** Called with what the platform says the agent is to run, again and again. */
  onRelease?: (release: EdgeRelease | null) => void;
  /** How its own renewal does, for its health page. */
  update?: () => UpdateStatus;
}

export interface Agent {
  readonly datacenter: DatacenterId;
  /** Where it listens. */
  readonly url: string;
  readonly expected: Expected;
  readonly configuration: Configuration;
  /** Resolves when what was seen is on disk: from then on the platform will hear of it. Throws JournalFull. */
  report(sighting: Sighting): Promise<void>;
  status(): AgentStatus;
  stop(): Promise<void>;
}

/**
 * The agent of one datacenter: hears what happens there, keeps it, and tells the platform as soon as it can. It never
 * waits for the platform. A machine that is not on its list is reported as unknown; the platform, whose list is newer,
 * looks once more before it sends anybody. An unlisted address that software made up is no machine one could go to.
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { datacenter, folder, identity, platform, log, time = systemTime, onRelease = () => {} } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const journal = new Journal({ file: path.join(folder, 'journal.db'), maxBytes: options.journalBytes });
  const expected = new Expected({ file: path.join(folder, 'expected.json'), platform, time, log, datacenter, everyMilliseconds: () => configuration.pullEveryMilliseconds });
  const configuration = new Configuration({ file: path.join(folder, 'configuration.json'), platform, time, log, datacenter, onRelease });
  const uplink = new Uplink({ journal, platform, time, log, datacenter });
  // Before it is known which networks are theirs, nothing is done at management controllers.
  const fetchCommands: Platform['fetchCommands'] = async (question, call) => {
    await configuration.known(call.signal);
    return platform.fetchCommands(question, call);
  };
  const bmcs = await startBmcs({
    datacenter, folder, platform: { ...platform, fetchCommands }, time, log, managementPrefixes: () => configuration.managementPrefixes, targets: () => expected.controllers(), answer,
    report: (readings) => keep({ ...anEvent(), kind: 'bmc-readings', readings }),
  });
  const health = createHealth({ datacenter, time, identity, journal, uplink, expected, configuration, bmcs, ...(options.update && { update: options.update }) });

  async function report(sighting: Sighting): Promise<void> {
    const event = eventOf(sighting);
    if (event.kind === 'unknown-machine') log.unknownMachine({ datacenter, mac: event.mac });
    await keep(event);
  }

  async function keep(event: EdgeEvent): Promise<void> {
    try {
      await journal.append(event);
    } catch (error) {
      log.journalRefused({ datacenter, because: explain(error) });
      throw error;
    }
    uplink.notify();
  }

  /** Names an event and its moment. */
  function anEvent() {
    const moment = journal.momentFor(time.now());
    return { id: newId('event', moment), at: isoTime(moment), datacenter };
  }

  async function answer(command: { id: string; serverId: string }, outcome: CommandOutcome): Promise<boolean> {
    try {
      await keep({ ...anEvent(), kind: 'command-answer', commandId: command.id, serverId: command.serverId, outcome });
      return true;
    } catch (error) {
      log.answerNotKept({ datacenter, commandId: command.id, because: explain(error) });
      return false;
    }
  }

  function eventOf(sighting: Sighting): EdgeEvent {
    const seen = anEvent();
    if (sighting.kind === 'inventory') return { ...seen, kind: 'inventory-report', serial: sighting.serial, facts: sighting.facts };
    const { mac, address, circuitId } = sighting;
    const isListed = !expected.isKnown || expected.find(mac) !== undefined;
    if (!isListed) void expected.refreshSoon();
    if (isListed || originOfMac(mac).kind !== 'physical') return { ...seen, kind: 'dhcp-lease', mac, address };
    return { ...seen, kind: 'unknown-machine', mac, address, ...(circuitId !== undefined && { circuitId }) };
  }

  let listener: Listener;
  try {
    listener = await listen(options.address, { ...intakeRoutes(report), ...health.routes });
  } catch (error) {
    await bmcs.stop();
    journal.close();
    throw error;
  }
  uplink.start();
  let isPulling = false;
  identity.start(() => {
    for (const pulled of [expected, configuration]) {
      if (isPulling) void pulled.refresh();
      else pulled.start();
    }
    isPulling = true;
    uplink.notify();
  });
  log.started({ datacenter, url: listener.url });

  return {
    datacenter, url: listener.url, expected, configuration, report, status: health.status,
    stop: async () => {
      await bmcs.stop(); // which may take a while: until then it hears and tells what happens
      await listener.close();
      uplink.stop();
      expected.stop();
      configuration.stop();
      identity.stop();
      await platform.close();
      journal.close();
    },
  };
}
