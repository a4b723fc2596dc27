import type { Automation } from './automation.ts';
import type { Carrier } from './carrier.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import type { Dcim } from './dcim.ts';
import type { IdentityProvider } from './identity.ts';
import type { Mailer } from './mailer.ts';
import type { Quoting } from './quoting.ts';
import type { Secrets } from './secrets.ts';
import type { Ticketing } from './ticketing.ts';
import type { VendorTool } from './vendor-tool.ts';

/** What outside systems do for us, by the name under which a system declares that it does it. */
export interface Ports {
  identity: IdentityProvider;
  dcim: Dcim;
  secrets: Secrets;
  authority: CertificateAuthority;
  automation: Automation;
  ticketing: Ticketing;
  mailer: Mailer;
  /** Several carriers, vendors and fleet managers may be active at once. */
  carrier: Carrier;
  quoting: Quoting;
  vendorTool: VendorTool;
}
