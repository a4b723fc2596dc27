import type { UpdatableComponent } from '../../../../shared/ports/bmc.ts';
import type { Resource } from '../tree.ts';
import type { ServerHardware } from '../hardware.ts';

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
  storage: string;
  drivesInChassis?: true;
  /** Offers to erase single drives, and when. */
  secureErase?: { applyTimes?: string[]; methods?: string[] };
  simpleUpdate?: { protocols: string[]; applyTimes?: string[] };
  sessionTimeout: number;
  passwordLength: { min: number; max: number };
  log: string;
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
