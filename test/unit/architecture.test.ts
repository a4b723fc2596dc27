import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { areas, floors, stages } from '../../infra/lint/floors.ts';
import { stages as stagesOfLife } from '../../shared/lifecycle/states.ts';
import { arrowsWithin, circlesAmong, importsOf, repositoryFiles } from '../kit/import-graph.ts';

const files = repositoryFiles();
const imports = importsOf(files);
/** What people read as code. Migrations are left as they were written, fixtures as machines said them. */
const code = files.filter((file) => /\.(ts|tsx|mjs|cjs|css)$/.test(file) && !file.startsWith('test/fixtures/'));
const foldersIn = (part: string): string[] => [
  ...new Set(
    files
      .filter((file) => file.startsWith(`${part}/`) && file.slice(part.length + 1).includes('/'))
      .map((file) => file.slice(part.length + 1).split('/')[0]!),
  ),
];

it('has no line of code over 120 columns', () => {
  const long = code.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) => (line.length > 120 ? [`${file}:${index + 1} has ${line.length} columns`] : [])),
  );
  expect(long).toEqual([]);
});

describe.each(Object.keys(floors))('the folders of %s', (part) => {
  const arrows = arrowsWithin(part, imports);

  it('are the floors that are named, and no others', () => {
    const portalOnly = part === 'portal/src' ? ['styles'] : [];
    expect(foldersIn(part).sort()).toEqual([...Object.keys(floors[part]!), ...portalOnly].sort());
  });

  it('import only what their floor stands on', () => {
    const upwards = arrows.filter(({ room, into }) => room !== '.' && !floors[part]![room]?.uses.includes(into));
    expect(upwards.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('name only floors that are below them', () => {
    const order = Object.keys(floors[part]!);
    const above = order.flatMap((floor, at) =>
      floors[part]![floor]!.uses.filter((used) => !order.slice(0, at).includes(used)).map(
        (used) => `${floor} uses ${used}`,
      ),
    );
    expect(above).toEqual([]);
  });
});

describe.each([
  'shared/domain',
  'functions',
  'activities',
  'orchestrations',
  'edge',
  'runtime',
  'runtime/durable',
  'shared',
  'portal/src',
])('the folders of %s', (part) => {
  it('have no circle among them', () => {
    expect(circlesAmong(arrowsWithin(part, imports))).toEqual([]);
  });
});

describe.each(['functions', 'orchestrations', 'activities'])('the folders of %s', (layer) => {
  it('are areas, stages among them', () => {
    expect(foldersIn(layer).filter((folder) => !areas.includes(folder))).toEqual([]);
    expect(stages).toEqual(stagesOfLife);
  });
});

it('imports nothing of a layer that stands above', () => {
  const order = ['shared', 'activities', 'orchestrations', 'functions'];
  const layerOf = (file: string) => order.indexOf(file.split('/')[0]!);
  const upwards = imports.filter(({ from, to }) => layerOf(from) >= 0 && layerOf(to) > layerOf(from));
  expect(upwards).toEqual([]);
});

describe('SQL', () => {
  /** Where it stands in `.db.ts` files only, beside the noun that it is about. */
  const held = /^(functions\/(?!edge\/)|activities\/|orchestrations\/|shared\/(http|access|events|domain|saga)\/)/;
  const statement = /['"`]\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|LOCK TABLE|TRUNCATE)\s/;
  const linesWithSql = (file: string): string[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) => (statement.test(line) ? [`${file}:${index + 1}`] : []));

  it('stands in the files of queries and nowhere else', () => {
    const elsewhere = code.filter((file) => held.test(file) && !file.endsWith('.db.ts'));
    expect(elsewhere.flatMap(linesWithSql)).toEqual([]);
  });

  it('is recognised: each file of queries has some', () => {
    const files = code.filter((file) => held.test(file) && file.endsWith('.db.ts'));
    expect(files.filter((file) => linesWithSql(file).length === 0)).toEqual([]);
  });

  it('is asked by steps and sagas of the nouns: they have no queries of their own', () => {
    expect(code.filter((file) => /^(activities|orchestrations)\/.*\.db\.ts$/.test(file))).toEqual([]);
  });

  it('writes the condition of an asset in the lifecycle only', () => {
    const condition = /UPDATE asset SET[^`;]*\bcondition(_since|_detail)?\s*=/;
    const writers = code.filter((file) => condition.test(readFileSync(file, 'utf8')));
    expect(writers.filter((file) => file.startsWith('shared/lifecycle/')).length).toBeGreaterThan(0);
    expect(
      writers.filter((file) => /^(functions|activities|orchestrations|shared\/(?!lifecycle\/))/.test(file)),
    ).toEqual([]);
  });
});
