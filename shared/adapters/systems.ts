import { awx } from './awx/system.ts';
import { dellQuoting } from './dell-quoting/system.ts';
import { fedex } from './fedex/system.ts';
import { hpeQuoting } from './hpe-quoting/system.ts';
import { jira } from './jira/system.ts';
import { netbox } from './netbox/system.ts';
import { oidc } from './oidc/system.ts';
import { oneview } from './oneview/system.ts';
import { openmanage } from './openmanage/system.ts';
import type { OutsideSystem } from './outside-system.ts';
import { smtp } from './smtp/system.ts';
import { ups } from './ups/system.ts';
import { vault } from './vault/system.ts';

/**
 * Every outside system. Settings and their errors, wiring, the example settings, the table of settings in
 * docs/operations.md and the lab derive from this list.
 */
export const systems: readonly OutsideSystem[] = [
  oidc,
  netbox,
  vault,
  hpeQuoting,
  dellQuoting,
  ups,
  fedex,
  oneview,
  openmanage,
  awx,
  jira,
  smtp,
];
