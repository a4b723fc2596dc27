import type { SystemView } from '../domain/systems/systems.api.ts';
import type { Publisher } from '../events/relay.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { Notices } from '../kernel/database/notices.ts';
import type { Log } from '../kernel/log/log.ts';
import type { Metrics } from '../kernel/metrics.ts';
import type { Automation } from '../ports/automation.ts';
import type { Bmc } from '../ports/bmc.ts';
import type { Carrier } from '../ports/carrier.ts';
import type { CertificateAuthority } from '../ports/certificate-authority.ts';
import type { Dcim } from '../ports/dcim.ts';
import type { Mailer } from '../ports/mailer.ts';
import type { Quoting, Vendor } from '../ports/quoting.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Ticketing } from '../ports/ticketing.ts';
import type { VendorTool } from '../ports/vendor-tool.ts';

export interface PlatformSettings {
  /** Purchases up to this need no person, minor units. */
  approvalLimitMinor: number;
  /**
   * Polling periods are divided by these: 1 in service, more where simulated machines and companies are quicker than
   * real ones.
   */
  pollSpeed: Readonly<Record<'hardware' | 'business', number>>;
  /** Where the portal is reached, for links in mails and tickets. */
  publicUrl: string;
  /** Whether the outside systems are the simulated company's; every page says so. */
  isLab: boolean;
  /** Firmware images: `<firmwareUrl>/<model>/<component>-<version>.bin`, reachable from the management networks. */
  firmwareUrl: string;
  /** How often edge agents ask for what is new. */
  edgePullSeconds: number;
}

/** All that a step may touch. Built once by wiring.ts; tests build their own over the simulators. */
export interface Deps {
  db: Database;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  settings: PlatformSettings;
  /** Passes on what the outbox holds. Cheap; called after every step and request. */
  relay: { kick(): void };
  /** What other processes have just written. */
  notices: Notices;
  /** Where events go from the outbox. */
  publisher: Publisher;
  /** Every outside system and whether it is configured. What serves a port of one that is off refuses the work. */
  systems: readonly SystemView[];
  dcim: Dcim;
  quoting: Readonly<Record<Vendor, Quoting>>;
  /** On and off: `carrierOf` finds a shipment's. */
  carriers: readonly Carrier[];
  bmc: Bmc;
  /** Those that are configured: `vendorToolOf` finds a server's. */
  vendorTools: readonly VendorTool[];
  automation: Automation;
  ticketing: Ticketing;
  secrets: Secrets;
  authority: CertificateAuthority;
  mailer: Mailer;
}
