import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const File = z.object({ Values: z.record(z.string(), z.string()).default({}) });

/** Takes over what local.settings.json says and the environment does not, as the Functions tools do. */
export function applySettingsFile(
  file = 'local.settings.json',
  environment: Record<string, string | undefined> = process.env,
): void {
  if (!existsSync(file)) return;
  let values: Record<string, string>;
  try {
    values = File.parse(JSON.parse(readFileSync(file, 'utf8'))).Values;
  } catch (cause) {
    throw new Error(
      `${file} is not as it should be: {"Values": {"NAME": "value", …}}. ` +
        `${cause instanceof Error ? cause.message : ''}`,
      { cause },
    );
  }
  for (const [name, value] of Object.entries(values)) environment[name] ??= value;
}
