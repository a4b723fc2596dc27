import type { ProfileName } from '../hardware.ts';
import { megarac } from './ami.ts';
import { idrac10, idrac9 } from './dell.ts';
import { ilo6 } from './hpe.ts';
import { xcc } from './lenovo.ts';
import { openbmc } from './openbmc.ts';
import type { Profile } from './profile.ts';
import { supermicro } from './supermicro.ts';

export const profiles: Record<ProfileName, Profile> = {
  'dell-idrac9': idrac9,
  'dell-idrac10': idrac10,
  'hpe-ilo6': ilo6,
  supermicro: supermicro,
  'lenovo-xcc': xcc,
  'ami-megarac': megarac,
  openbmc: openbmc,
};
