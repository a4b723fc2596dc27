import type { UpdatableComponent } from '../../../../shared/ports/bmc.ts';
import type { ServerHardware } from '../hardware.ts';
import type { LogEntry } from '../state.ts';
import type { Resource } from '../tree.ts';

/** What a vendor's BMC looks like: names, dialect and what it offers. Its behaviour is the quirk table's. */
export interface Profile {
  root: { vendor?: string; product?: string; redfishVersion: string; oem?: Resource; expands: boolean };
  ids: { system: string; manager: string; chassis: string };
  /** The controller's model, as its Manager resource names it. */
  managerModel: string;
  identity(server: ServerHardware): { SerialNumber: string; SKU: string };
  processor(index: number): { id: string; socket: string };
  dimm(slot: string): { id: string; locator: string };
  drive(name: string, index: number): { id: string; label?: string };
  /** Undefined where the host's ports are not listed at all. */
  nic?(name: string, index: number): { id: string; name: string };
  /** How this vendor writes a version of a component. */
  version(component: UpdatableComponent, version: string): string;
  /** How its Manager resource writes its own, where that is otherwise than in the inventory. */
  managerVersion?(version: string): string;
  firmware: FirmwareItem[];
  resetTypes: string[];
  /** Allowed values stand in an ActionInfo resource instead of beside the action. */
  resetByActionInfo?: true;
  bootTargets: string[];
  /** Offers the older Power and Thermal, the newer EnvironmentMetrics and ThermalSubsystem, or both. */
  telemetry: 'old' | 'new' | 'both';
  /** Has a resource for each sensor too; with or without one for how busy the host is. */
  sensors?: 'plain' | 'with-cpu';
  /** Says on the system itself how busy the host is. */
  cpuUsageInSystem?: true;
  storage: string;
  drivesInChassis?: true;
  /** Offers to erase single drives, and when; without `methods` it names none, and takes none. */
  secureErase?: { applyTimes?: string[]; methods?: string[] };
  simpleUpdate?: { protocols: string[]; applyTimes?: string[] };
  sessionTimeout: number;
  /** Where sessions are found beside the place that the root names. */
  sessionsToo?: string;
  passwordLength: { min: number; max: number };
  logs: LogShape[];
  /** Entries it keeps; then the oldest make room. */
  logKeeps: number;
  /** Tells of events on an open stream, besides posting them to who subscribed. */
  hasEventStream?: true;
  /** What its event service says can be subscribed to, where it says so. */
  eventTypes?: string[];
  managerResets: string[];
  /** Its own messages with what to do about them, where it serves them. */
  messages?: { prefix: string; version: string; resolutions: Readonly<Record<string, string>> };
}

/** One of a BMC's logs. */
export interface LogShape {
  id: string;
  home: 'system' | 'manager';
  holds: 'events' | 'audit' | 'faults' | 'all';
  isNewestFirst?: true;
  /** Lists entries in full without being asked to. */
  isInline?: true;
  pageSize?: number;
  /** What this vendor adds to an entry, or says otherwise. */
  entry?(entry: LogEntry): Resource;
}

/** One line of the firmware inventory; `component` if its version can change. */
export interface FirmwareItem {
  component?: UpdatableComponent;
  id(version: string): string;
  name: string;
  description?: string;
  softwareId?: string;
  version?: string;
}
