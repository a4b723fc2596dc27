import { awxStandIn } from './awx/system.ts';
import { dellStandIn } from './dell/system.ts';
import { fedexStandIn } from './fedex/system.ts';
import { hpeStandIn } from './hpe/system.ts';
import { jiraStandIn } from './jira/system.ts';
import type { StandIn } from './kit/stand-in.ts';
import { mailStandIn } from './mail/system.ts';
import { netboxStandIn } from './netbox/system.ts';
import { oidcStandIn } from './oidc/system.ts';
import { oneviewStandIn } from './oneview/system.ts';
import { openmanageStandIn } from './openmanage/system.ts';
import { upsStandIn } from './ups/system.ts';
import { vaultStandIn } from './vault/system.ts';

/** What the lab has in place of each outside system. */
export const standIns: readonly StandIn[] = [
  netboxStandIn,
  hpeStandIn,
  dellStandIn,
  upsStandIn,
  fedexStandIn,
  oneviewStandIn,
  openmanageStandIn,
  awxStandIn,
  jiraStandIn,
  vaultStandIn,
  mailStandIn,
  oidcStandIn,
];
