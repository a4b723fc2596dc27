import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { steps } from '../../activities/index.ts';
import { bootChoices } from '../../edge/boot/boot-for.ts';
import { edgeSettingNames } from '../../edge/settings.ts';
import { withSystemTables } from '../../infra/local/settings-documents.ts';
import { sagas } from '../../orchestrations/index.ts';
import { contracts } from '../../shared/access/contracts.ts';
import { topics } from '../../shared/domain/catalogue.ts';
import { days, hours } from '../../shared/kernel/durations.ts';
import { states, type StateInfo } from '../../shared/lifecycle/states.ts';
import { hasUndo } from '../../shared/saga/step.ts';
import { settingNames } from '../../shared/wiring/settings.ts';

const root = path.resolve(import.meta.dirname, '../..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join('docs', name)),
];
const textOf = (page: string): string => readFileSync(path.join(root, page), 'utf8');
const docs = pages
  .filter((page) => page.startsWith('docs/'))
  .map(textOf)
  .join('\n');
const unnamed = (names: readonly string[]): string[] => names.filter((name) => !docs.includes(`\`${name}\``));
/** The cells of every table row whose first cell is a single name. */
const rows = new Map(
  [...docs.matchAll(/^\| `([\w-]+)` \|(.*)\|$/gm)].map(([, name = '', rest = '']) => [
    name,
    rest.split(' | ').map((cell) => cell.trim()),
  ]),
);

describe('the documents', () => {
  it('name every saga', () => {
    expect(unnamed(sagas.map(({ name }) => name))).toEqual([]);
  });

  it('have a row for every step, with its undo', () => {
    const reported = steps.map(({ name }) => [name, rows.get(name)?.[0]]);
    expect(reported).toEqual(steps.map(({ name, undo }) => [name, hasUndo(undo) ? `\`${undo.name}\`` : 'nothing']));
  });

  it('have a row for every state, with the time it may take', () => {
    const reported = Object.keys(states).map((state) => [state, rows.get(state)?.at(-1)]);
    expect(reported).toEqual(
      (Object.entries(states) as [string, StateInfo][]).map(([state, { leaveWithin }]) => [
        state,
        inWords(leaveWithin),
      ]),
    );
  });

  it('name every endpoint, and none that does not exist', () => {
    const routes = contracts.map(({ route }) => route.replace(' ', ' /api'));
    expect(unnamed(routes)).toEqual([]);
    const named = [...docs.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/api\/[^`]+)`/g)].map(([, route]) => route);
    expect(named.filter((route) => ![...routes, 'GET /api/v1/stream'].includes(route ?? ''))).toEqual([]);
  });

  it('name every kind of event', () => {
    expect(unnamed(topics)).toEqual([]);
  });

  it('explain every setting, of the platform and of the agent', () => {
    expect(unnamed([...settingNames, ...edgeSettingNames])).toEqual([]);
  });

  it('say of outside systems what their declarations say: `npm run settings` writes it', () => {
    const page = textOf('docs/operations.md');
    expect(page).toBe(withSystemTables(page));
  });

  it('say of every state what its server boots', () => {
    const words = {
      image: 'the validation image',
      disk: 'its own drive',
      hold: 'nothing: it waits in its firmware and asks again',
    };
    const reported = Object.entries(words).flatMap(([choice, text]) =>
      [...(new RegExp(`^\\| ${text} \\|(.*)\\|$`, 'm').exec(docs)?.[1] ?? '').matchAll(/`(\w+)`/g)].map(([, state]) => [
        state,
        choice,
      ]),
    );
    expect(Object.fromEntries(reported)).toEqual(bootChoices);
  });
});

describe.each(pages)('%s', (page) => {
  it('links to what is there', () => {
    const isThere = ({ target, anchor }: Link) =>
      existsSync(path.join(root, target)) && (anchor === '' || headingsOf(target).includes(anchor));
    expect(linksOf(page).filter((link) => !isThere(link))).toEqual([]);
  });

  it('speaks of files that are there', () => {
    const files = [
      ...textOf(page).matchAll(
        /`((?:activities|docs|functions|infra|orchestrations|portal|runtime|shared|test)\/[\w./-]+)`/g,
      ),
    ].map(([, file = '']) => file);
    expect(files.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });

  it('can be found from the README', () => {
    expect(reachable).toContain(page);
  });
});

interface Link {
  target: string;
  anchor: string;
}

/** Links to files of this repository, as paths from its root. */
function linksOf(page: string): Link[] {
  return [...textOf(page).matchAll(/\]\((?!\w+:)([^)#]*)#?([^)]*)\)/g)].map(([, target = '', anchor = '']) => ({
    target: target === '' ? page : path.join(path.dirname(page), target),
    anchor,
  }));
}

const reachable = new Set(['README.md']);
for (const page of reachable) for (const { target } of linksOf(page)) if (pages.includes(target)) reachable.add(target);

/** As GitHub names them: small letters, no punctuation, blanks as hyphens. */
function headingsOf(page: string): string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

function inWords(limit: number | null): string {
  if (limit === null) return 'rests';
  const [size, unit] =
    limit % days(1) === 0 ? [days(1), 'day'] : limit % hours(1) === 0 ? [hours(1), 'hour'] : [60_000, 'minute'];
  return `${limit / size} ${unit}${limit === size ? '' : 's'}`;
}
