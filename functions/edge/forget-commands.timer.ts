import { forgetCommands } from '../../shared/domain/edge/commands.db.ts';
import { days } from '../../shared/kernel/durations.ts';
import { timerFunction } from '../../shared/saga/timer.ts';

/** Deletes commands that ended a week ago: their effects are in the history of the sagas. Answers how many. */
export const forgetOldCommands = timerFunction({
  name: 'forget-commands',
  schedule: '0 17 * * * *',
  run: ({ db }) => forgetCommands(db, days(7)),
});
