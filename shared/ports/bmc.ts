import type { Drive, FirmwareComponent, Health, PowerState, ServerFacts } from '../facts.ts';
import type { SecretRef } from './secrets.ts';
import type { Submitted } from './outcome.ts';

/** One management controller: where it answers and where its password is kept. */
export interface BmcTarget {
  /** `https://10.20.3.7`: scheme, host and, if unusual, port. */
  address: string;
  secretRef: SecretRef;
}

export type PowerAction = 'on' | 'off' | 'graceful-off' | 'restart' | 'power-cycle';
/** The order firmware is updated in. */
export type UpdatableComponent = 'bios' | 'bmc' | 'nic' | 'storage';
export type BmcRole = 'administrator' | 'operator' | 'read-only';

/** A server's management controller (Redfish). Every call may be made twice. */
export interface Bmc {
  /** The service root: reachable without a login. Proves address and vendor before any password is sent. */
  probe(address: string): Promise<{ vendor: string | undefined; product: string | undefined; redfishVersion: string }>;
  readFacts(bmc: BmcTarget): Promise<ServerFacts>;
  readPower(bmc: BmcTarget): Promise<PowerState>;
  /** Already being so is success. Success means the command was accepted: read the power afterwards. */
  setPower(bmc: BmcTarget, action: PowerAction): Promise<void>;
  /** Network boot at the next start, once. */
  bootOnceFromNetwork(bmc: BmcTarget): Promise<void>;
  clearBootOverride(bmc: BmcTarget): Promise<void>;
  readBootOverride(bmc: BmcTarget): Promise<'none' | 'network' | 'other'>;
  /** What runs now. Versions are the comparable part alone: `2.34`, not `U46 v2.34 (03/11/2025)`. */
  readFirmware(bmc: BmcTarget): Promise<FirmwareComponent[]>;
  /**
   * Installs firmware that the BMC fetches from `imageUrl`; answers when the version has been read back. Restarts
   * the host where the update waits for that. Asked with a ticket, a BMC that does not answer is `pending`: it
   * may be restarting on its new firmware.
   */
  updateFirmware(bmc: BmcTarget, update: { component: UpdatableComponent; version: string; imageUrl: string; ticket?: string }): Promise<Submitted<{ version: string }>>;
  listAccounts(bmc: BmcTarget): Promise<{ username: string; role: BmcRole | 'other'; isEnabled: boolean }[]>;
  /** Creates the account or sets its password and role. */
  ensureAccount(bmc: BmcTarget, account: { username: string; password: string; role: BmcRole }): Promise<void>;
  /** Removing what is not there is success. */
  removeAccount(bmc: BmcTarget, username: string): Promise<void>;
  /** Whether this name and password open a session. Used to prove a rotation and a revocation. */
  canLogIn(address: string, username: string, password: string): Promise<boolean>;
  listDrives(bmc: BmcTarget): Promise<Drive[]>;
  /**
   * Erases every drive by its own secure erase; answers when each drive has been read back as erased. `refused`
   * before anything is touched if the BMC shows no drive or cannot erase one of them, and afterwards if one is
   * not proved to be erased.
   */
  eraseDrives(bmc: BmcTarget, erase: { ticket?: string }): Promise<Submitted<{ drives: { serial: string; method: string; isVerified: boolean }[] }>>;
  readHealth(bmc: BmcTarget): Promise<{ health: Health; powerWatts?: number; inletCelsius?: number }>;
}
