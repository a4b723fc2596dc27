import type { Profile } from './profile.ts';
import { supermicro } from './supermicro.ts';

/** AMI MegaRAC SP-X, as on boards of ASRock Rack and others: expanded collections lose fields. */
export const megarac: Profile = {
  ...supermicro,
  root: { vendor: 'AMI', redfishVersion: '1.11.0', expands: true },
  managerModel: 'MegaRAC SP-X',
};
