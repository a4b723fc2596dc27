import path from 'node:path';

const count = 10;
const seconds = (milliseconds) => (milliseconds / 1000).toFixed(1).padStart(7);

/** Prints, once everything has run, the test files that took longest: where to look when the suite becomes slow. */
export default class SlowestSuites {
  onRunComplete(_contexts, { testResults }) {
    const took = testResults
      .map(({ testFilePath, perfStats }) => ({ file: testFilePath, took: perfStats.end - perfStats.start }))
      .toSorted((one, other) => other.took - one.took);
    if (took.length < count) return;
    const total = took.reduce((sum, suite) => sum + suite.took, 0);
    const lines = took.slice(0, count).map((suite) => `${seconds(suite.took)} s  ${path.relative('.', suite.file)}`);
    process.stdout.write(
      `\nThe ${count} slowest of ${took.length} test files (${seconds(total).trim()} s in all):\n${lines.join('\n')}\n`,
    );
  }
}
