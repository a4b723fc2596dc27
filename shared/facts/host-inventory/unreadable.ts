import { AppError } from '../../kernel/errors/app-error.ts';

/** The one error of these readers: the text as a whole is not what it was said to be. */
export const unreadable = (tool: string, expected: string, text: string, cause?: unknown): AppError =>
  new AppError({
    code: 'host-inventory.unreadable',
    kind: 'invalid',
    publicMessage:
      `The output of ${tool} cannot be read: ${expected}. Run ${tool} again as root and send its whole ` + 'output.',
    context: { tool, beginning: text.slice(0, 200), length: text.length },
    cause,
  });
