import type { DescribedSetting, OutsideSystem } from '../../shared/adapters/outside-system.ts';
import { systems } from '../../shared/adapters/systems.ts';
import { PlatformSettings } from '../../shared/wiring/settings.ts';

/** The text of local.settings.example.json: every setting with its default, empty where it has none. */
export function exampleSettings(): string {
  const own = Object.entries(PlatformSettings.shape).map(([name, schema]) => [
    name,
    textOf(schema.safeParse(undefined).data),
  ]);
  const outside = systems.flatMap(({ described }) =>
    described.map(({ name, defaultValue = '' }) => [name, defaultValue]),
  );
  return `${JSON.stringify({ IsEncrypted: false, Values: Object.fromEntries([...own, ...outside]) }, null, 2)}\n`;
}
const textOf = (value: unknown): string => (value === undefined ? '' : String(value));

const [begin, end] = ['<!-- systems: written by `npm run settings` -->', '<!-- end of systems -->'];

/** The text of docs/operations.md with the part about outside systems as their declarations have it. */
export function withSystemTables(page: string): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`The page must have the lines ${begin} and ${end}.`);
  return `${before}${begin}\n\n${systemTables()}\n\n${end}${after}`;
}

const systemTables = (): string => [settingsTable(), capabilitiesTable()].join('\n\n');

const settingsTable = (): string =>
  table(
    ['setting', 'default', 'meaning'],
    systems.flatMap((system) =>
      system.described.map((each) => [`\`${each.name}\``, standingOf(each, system), meaningOf(each, system)]),
    ),
  );

const capabilitiesTable = (): string =>
  table(
    ['system', 'what it is for', 'without it'],
    systems.flatMap(({ title, isOptional, capabilities }) =>
      capabilities.map(({ name, without }) => [
        title,
        name,
        isOptional ? without : `${without} The platform does not start.`,
      ]),
    ),
  );

function standingOf({ defaultValue, isOptional }: DescribedSetting, system: OutsideSystem): string {
  if (defaultValue !== undefined) return defaultValue;
  if (isOptional) return '';
  return system.isOptional ? 'off' : 'required';
}
function meaningOf(
  { description, example, isSecret, defaultValue }: DescribedSetting,
  { title }: OutsideSystem,
): string {
  const shown = isSecret ? ' (secret)' : example === defaultValue ? '' : `, as \`${example}\``;
  return `${title}: ${description}${shown}`;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
