import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' }).split('\n');
/** What people read as code. Migrations are left as they were written, fixtures as machines said them. */
const isCode = (file: string) => /\.(ts|tsx|mjs|cjs|css)$/.test(file) && !file.startsWith('test/fixtures/');
const code = files.filter((file) => isCode(file) && existsSync(file));

it('has no line of code over 120 columns', () => {
  const long = code.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) => (line.length > 120 ? [`${file}:${index + 1} has ${line.length} columns`] : [])),
  );
  expect(long).toEqual([]);
});
