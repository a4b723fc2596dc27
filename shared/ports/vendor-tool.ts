import type { FirmwareComponent } from '../facts/server.ts';
import type { Submitted } from './outcome.ts';

/** The vendor's own fleet manager: HPE OneView or Dell OpenManage Enterprise. Servers are found by serial. */
export interface FirmwareStanding {
  component: FirmwareComponent['component'];
  /** The vendor's own name of it. */
  name: string;
  installed: string | undefined;
  baseline: string | undefined;
  isCompliant: boolean;
}

export interface VendorTool {
  readonly product: string;
  /** Whether it looks after machines of this make. */
  manages(manufacturer: string): boolean;
  /** Takes the server under management. Its BMC password goes with the call and is kept by the tool. */
  register(server: {
    serial: string;
    bmcAddress: string;
    username: string;
    password: string;
    ticket?: string;
  }): Promise<Submitted>;
  /**
   * Gives the server up; done when the tool no longer knows it. `pending` while it still does, or while it is
   * still taking it in, which only the BMC's address tells. Giving up what was never registered is done.
   */
  unregister(serial: string, bmcAddress?: string): Promise<Submitted>;
  isRegistered(serial: string): Promise<boolean>;
  /**
   * What the tool has installed on record against its baseline, as far as it knows both. Versions are the comparable
   * part alone.
   */
  firmwareCompliance(serial: string): Promise<FirmwareStanding[]>;
  /** Applies the named template or profile and answers when it is in force. */
  applyProfile(serial: string, profile: { template: string; ticket?: string }): Promise<Submitted>;
  readProfile(serial: string): Promise<{ template: string; isCompliant: boolean } | undefined>;
  removeProfile(serial: string): Promise<void>;
}
