import { forgetCommands } from '../../shared/domain/edge/commands.db.ts';
import { days } from '../../shared/kernel/durations.ts';
import { timerFunction } from '../../shared/saga/timer.ts';

/**
 * Commands that ended a week ago are of no use to anybody: what they changed is in the sagas' history. Answers how many
 * went.
 */
export const forgetOldCommands = timerFunction({
  name: 'forget-commands',
  schedule: '0 17 * * * *',
  run: ({ db }) => forgetCommands(db, days(7)),
});
