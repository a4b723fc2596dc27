import { days } from '../../shared/clock.ts';
import { forgetCommands } from '../../shared/db/edge-commands.ts';
import type { World } from '../../shared/world.ts';

export const forgetCommandsEvery = '0 17 * * * *';

/**
 * Commands that ended a week ago are of no use to anybody: what they changed is in the sagas' history. Answers how many
 * went.
 */
export const forgetOldCommands = ({ db }: World): Promise<number> => forgetCommands(db, days(7));
