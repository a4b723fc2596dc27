import { forgetCommands } from '../../shared/domain/edge/commands.db.ts';
import { days } from '../../shared/kernel/durations.ts';
import type { World } from '../../shared/saga/world.ts';

export const forgetCommandsEvery = '0 17 * * * *';

/**
 * Commands that ended a week ago are of no use to anybody: what they changed is in the sagas' history. Answers how many
 * went.
 */
export const forgetOldCommands = ({ db }: World): Promise<number> => forgetCommands(db, days(7));
