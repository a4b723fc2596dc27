import { AppError } from '../kernel/errors/app-error.ts';

/** Thrown where work needs an outside system that is not configured. It passes once somebody sets what is named. */
export class SystemOff extends AppError {
  constructor(title: string, settings: readonly string[]) {
    super({
      code: 'systems.off',
      kind: 'unavailable',
      publicMessage: `${title} is off: set ${settings.join(', ')}.`,
    });
  }
}
