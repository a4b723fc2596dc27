import type { UpdatableComponent } from '../../../shared/ports/bmc.ts';
import type { PhysicalFault, ServerHardware } from './hardware.ts';
import type { RunningImage } from './image.ts';
import type { IpxeState } from './ipxe.ts';
import { factorySettings, type Settings } from './settings.ts';

/** What goes wrong at one BMC, beyond the lab's own fault switches. Stays until it is taken back. */
export type BmcFault =
  /** Accepts resets and does nothing. */
  | { kind: 'reset-lost' }
  /** Reports this instead of the truth. */
  | { kind: 'power-state-lies'; state: 'On' | 'Off' }
  /** Reports an update as done and keeps the old version. */
  | { kind: 'firmware-unchanged' }
  | { kind: 'update-fails' }
  /** Tasks begin and never get on. */
  | { kind: 'task-stuck' }
  | { kind: 'session-table-full' }
  | { kind: 'slow'; milliseconds: number }
  /** Answers 503 while it restarts, instead of not answering. */
  | { kind: 'busy-while-resetting' }
  /** Answers 500 to everything but logins and its own restart, which cures it. */
  | { kind: 'hung' }
  /** This drive reports an erasure as done and keeps what is on it. */
  | { kind: 'erase-lies'; drive: string }
  /** Shows nothing of this drive, as of those that hang on the board beside its controller. The host sees it. */
  | { kind: 'hides-drive'; drive: string };

export interface Session {
  id: string;
  token: string;
  username: string;
  createdAt: number;
  usedAt: number;
}
export interface Account {
  id: string;
  username: string;
  password: string;
  role: string;
  isEnabled: boolean;
  /** Nothing may be done with it before its password is another one. */
  mustChangePassword?: boolean;
  /** Wrong passwords in a row, and until when it is locked because of them. */
  failures?: number;
  lockedUntil?: number;
}
export interface Task {
  id: string;
  name: string;
  state: 'Running' | 'Pending' | 'Completed' | 'Exception';
  percent: number;
  message: string;
  startedAt: number;
  endedAt?: number;
  /** What was called to begin it. */
  target: string;
  body: string;
  /** Some answer 404 for a while after they named it. */
  isVisible: boolean;
  /** Cleared away on success, where the platform does that; its job stays. */
  isPurged: boolean;
  work: { kind: 'update'; component: UpdatableComponent; version: string } | { kind: 'erase'; drive: string };
}
export interface LogEntry {
  id: number;
  at: number;
  severity: 'OK' | 'Warning' | 'Critical';
  message: string;
  /** The vendor's number for what happened, where it has one. */
  code?: string;
  /** Who logged in, not what happened to the machine: some keep that in a log of its own, some among the rest. */
  isAudit?: true;
}
/** Somebody wants to be told: events are posted there. */
export interface Subscription {
  id: string;
  destination: string;
  context: string;
  /** Which kinds it asked for, where it did. */
  eventTypes?: string[];
  /** Posts in a row that were not taken. */
  failures: number;
}
/** What ails a machine while it runs. Its sensors, its health, its log and its events say so. */
export type Ailment =
  | { kind: 'fan-stopped'; fan: number }
  | { kind: 'supply-without-input'; supply: number }
  | { kind: 'inlet-hot'; celsius: number }
  | { kind: 'drive-failing'; drive: string };

/** One server with its BMC. Plain JSON: it survives a restart of the lab as it stands. */
export interface BmcRecord {
  hardware: ServerHardware;
  physicalFaults: PhysicalFault[];
  faults: BmcFault[];
  isPlugged: boolean;
  address: { host: string; port: number } | undefined;
  bmc: 'off' | 'booting' | 'up' | 'resetting';
  /** When its BMC last came up. */
  upAt?: number;
  /** Grows whenever power is cut or applied: what was to happen before then no longer does. */
  epoch: number;
  host: {
    power: 'Off' | 'PoweringOn' | 'On' | 'PoweringOff';
    stage: 'off' | 'post' | 'network-boot' | 'validation' | 'os' | 'no-boot-device';
    epoch: number;
    /** Starts that got through POST. */
    boots: number;
    lastResetAt: number;
    /** Refuses to start before that. */
    startableAt: number;
    /** Where iPXE is in its script, while it boots from the network. */
    ipxe?: IpxeState | undefined;
    /** What its validation image knows; it lives in memory. */
    image?: RunningImage | undefined;
  };
  boot: { enabled: string; target: string; mode: string };
  accounts: Account[];
  /** How often an account of this name has been removed. */
  removals: Record<string, number>;
  sessions: Session[];
  tasks: Task[];
  /** Never given out twice. */
  nextNumber: number;
  firmware: Record<UpdatableComponent, { version: string; previous?: string; staged?: string; changes: number }>;
  /** By serial number: whether something is stored on it, and how often something has been. */
  drives: Record<string, { holdsData: boolean; writes: number; task?: string }>;
  log: LogEntry[];
  ailments: Ailment[];
  subscriptions: Subscription[];
  settings: Settings;
}

export interface BmcState {
  servers: Record<string, BmcRecord>;
  /** Next free host number per datacenter's management prefix. */
  nextHost: Record<string, number>;
}

export const hasFault = <K extends BmcFault['kind']>(
  record: BmcRecord,
  kind: K,
): Extract<BmcFault, { kind: K }> | undefined =>
  record.faults.find((fault): fault is Extract<BmcFault, { kind: K }> => fault.kind === kind);

/** A server out of its box. */
export function unboxed(hardware: ServerHardware): BmcRecord {
  return {
    hardware,
    physicalFaults: [],
    faults: [],
    isPlugged: false,
    address: undefined,
    bmc: 'off',
    epoch: 0,
    host: { power: 'Off', stage: 'off', epoch: 0, boots: 0, lastResetAt: 0, startableAt: 0 },
    boot: { enabled: 'Disabled', target: 'None', mode: 'UEFI' },
    accounts: [{ id: '2', ...hardware.factoryAccount, role: 'Administrator', isEnabled: true }],
    removals: {},
    sessions: [],
    tasks: [],
    nextNumber: 101,
    firmware: {
      bios: { version: hardware.firmware.bios, changes: 0 },
      bmc: { version: hardware.firmware.bmc, changes: 0 },
      nic: { version: hardware.firmware.nic, changes: 0 },
      storage: { version: hardware.firmware.storage, changes: 0 },
    },
    drives: Object.fromEntries(hardware.drives.map((drive) => [drive.serial, { holdsData: false, writes: 0 }])),
    log: [],
    ailments: [],
    subscriptions: [],
    settings: factorySettings(),
  };
}

/** A record of a lab that was saved before BMCs had all they have now. */
export const grownUp = (record: BmcRecord): BmcRecord => ({ ...unboxed(record.hardware), ...record });
