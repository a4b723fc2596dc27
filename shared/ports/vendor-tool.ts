import type { Submitted } from './outcome.ts';

/** The vendor's own fleet manager: HPE OneView or Dell OpenManage Enterprise. Servers are found by serial. */
export interface VendorTool {
  readonly product: 'oneview' | 'openmanage';
  /** Takes the server under management. Its BMC password goes with the call and is kept by the tool. */
  register(server: { serial: string; bmcAddress: string; username: string; password: string; ticket?: string }): Promise<Submitted>;
  /**
   * Gives the server up; done when the tool no longer knows it. `pending` while it still does, or while it is
   * still taking it in, which only the BMC's address tells. Giving up what was never registered is done.
   */
  unregister(serial: string, bmcAddress?: string): Promise<Submitted>;
  isRegistered(serial: string): Promise<boolean>;
  /** Versions installed against the tool's baseline. */
  firmwareCompliance(serial: string): Promise<{ component: string; installed: string; baseline: string; isCompliant: boolean }[]>;
  /** Applies the named template or profile and answers when it is in force. */
  applyProfile(serial: string, profile: { template: string; ticket?: string }): Promise<Submitted>;
  readProfile(serial: string): Promise<{ template: string; isCompliant: boolean } | undefined>;
  removeProfile(serial: string): Promise<void>;
}
