import path from 'node:path';

const rootDir = path.resolve(import.meta.dirname, '../..');
const shared = {
  rootDir,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/jest/strip-types.cjs' },
  moduleNameMapper: { '^@azure/functions-core$': '<rootDir>/runtime/core/functions-core.cjs' },
};

const withPostgres = {
  globalSetup: '<rootDir>/test/jest/postgres-setup.mjs',
  globalTeardown: '<rootDir>/test/jest/postgres-teardown.mjs',
};

export default {
  rootDir,
  // Half of a machine's time would go by unused where it has two cores: most tests wait for a database or a peer.
  reporters: ['default', '<rootDir>/test/jest/slowest-suites.mjs'],
  testSequencer: '<rootDir>/test/jest/longest-first.mjs',
  maxWorkers: '100%',
  // A worker keeps what it has loaded; beyond this it is replaced by a new one before its next test file.
  workerIdleMemoryLimit: '1200MB',
  // Ends a test that hangs. How busy the machine is must decide nothing, so it is far beyond what any test needs.
  testTimeout: 900_000,
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.test.ts'] },
    { ...shared, ...withPostgres, displayName: 'integration', testMatch: ['<rootDir>/test/integration/**/*.test.ts'] },
    { ...shared, ...withPostgres, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.test.ts'] },
  ],
};
