import { expect, it } from '@jest/globals';
import { importsOf, packagesOf, repositoryFiles } from '../../kit/import-graph.ts';

it('loads nothing of Node’s into the browser, not even as a stand-in', () => {
  const files = repositoryFiles();
  const next = Map.groupBy(importsOf(files, { types: false }), ({ from }) => from);
  const loaded = new Set(files.filter((file) => file.startsWith('portal/src/') && /\.tsx?$/.test(file)));
  for (const file of loaded) for (const { to } of next.get(file) ?? []) loaded.add(to);
  expect(loaded.size).toBeGreaterThan(100);
  const ofNode = [...loaded].flatMap((file) =>
    packagesOf(file)
      .filter((name) => name.startsWith('node:') || ['pg', 'undici', 'pino'].includes(name))
      .map((name) => `${file} imports ${name}`),
  );
  expect(ofNode).toEqual([]);
});
