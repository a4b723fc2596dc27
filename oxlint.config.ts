// Style is not linted here; promises are. Every rule below says in its message what would break without it.
import { defineConfig } from 'oxlint';

const stages = ['procurement', 'receiving', 'discovery', 'provisioning', 'delivery', 'operations', 'decommissioning'];
const layers = ['functions', 'orchestrations', 'activities', 'shared', 'runtime', 'edge', 'portal'];

const onlyHttpClient =
  'Only shared/http-client sends: it follows links within the origin, keeps connections inside the ' +
  'networks they belong to, and masks secrets.';
/** What sends requests and belongs to Node. Servers may be made of the same modules. */
const nodeSenders = ['http', 'https', 'http2']
  .flatMap((name) => [name, `node:${name}`])
  .map((name) => ({
    name,
    importNames: ['request', 'get', 'connect', 'Agent', 'ClientRequest', 'default'],
    message: onlyHttpClient,
  }));
const noFetch = ['error', { name: 'fetch', message: onlyHttpClient }] as const;

const ban = (folders: string[], message: string) => ({ group: folders.map((folder) => `**/${folder}/**`), message });
const banPackages = (group: string[], message: string) => ({ group, message });
const restrictedImports = (
  ...patterns: { group: string[]; message: string; importNames?: string[]; allowTypeImports?: boolean }[]
) =>
  [
    'error',
    { patterns: [...patterns, banPackages(['undici', 'undici/**'], onlyHttpClient)], paths: nodeSenders },
  ] as const;

const durableOnlyInSaga = banPackages(
  ['durable-functions'],
  'Only shared/saga speaks to the Durable SDK: its protocol changes in version 4 and must change in one folder.',
);
const boundedConnections = {
  ...banPackages(
    ['pg'],
    'Open connections through connections.ts of shared/db or runtime/postgres: each wait for the database ' +
      'has an end there. A bare client waits for good on a connection that has fallen silent.',
  ),
  importNames: ['Client', 'Pool'],
  allowTypeImports: true,
};
const noDrivers = banPackages(
  ['pg', 'undici', 'node:*', 'nodemailer'],
  'Orchestrators only decide. Touch the world in an activity, which may run twice; this code replays for weeks.',
);
const otherLayers = (...allowed: string[]) => layers.filter((layer) => !allowed.includes(layer));

const orchestrationImports = [
  ban(
    otherLayers('orchestrations', 'activities', 'shared'),
    'Orchestrations see steps and shared words only: imports point inward.',
  ),
  {
    group: [
      '**/shared/db/**',
      '**/shared/adapters/**',
      '**/shared/wiring.ts',
      '**/shared/clock.ts',
      '**/shared/config.ts',
    ],
    message: 'An orchestrator that reads the world decides differently on replay. Ask a step.',
  },
  durableOnlyInSaga,
  noDrivers,
];

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'oxc', 'promise'],
  ignorePatterns: ['node_modules', 'portal/dist', 'test/bench/rivals'],
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/consistent-type-imports': 'error',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'import/no-self-import': 'error',
    'no-console': 'error',
    eqeqeq: 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    'no-empty': 'error',
    'no-throw-literal': 'error',
    'no-restricted-properties': [
      'error',
      {
        object: 'process',
        property: 'env',
        message: 'Only shared/config.ts and the agent’s edge/main.ts read the environment, once, through a schema.',
      },
    ],
    'unicorn/no-useless-fallback-in-spread': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-new-array': 'off',
    'unicorn/no-thenable': 'off',
    'require-yield': 'off',
  },
  overrides: [
    {
      files: ['shared/**'],
      rules: {
        'no-restricted-imports': restrictedImports(
          ban(
            otherLayers('shared'),
            'shared/ is the bottom: it imports no other folder, so that edge and functions can both stand on it.',
          ),
          durableOnlyInSaga,
          boundedConnections,
        ),
      },
    },
    {
      files: ['shared/db/connections.ts'],
      rules: {
        'no-restricted-imports': restrictedImports(
          ban(otherLayers('shared'), 'shared/ is the bottom: it imports no other folder.'),
          durableOnlyInSaga,
        ),
      },
    },
    {
      files: ['shared/http-client/**'],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              ban(otherLayers('shared'), 'shared/ is the bottom: it imports no other folder.'),
              durableOnlyInSaga,
            ],
          },
        ],
      },
    },
    {
      files: ['shared/saga/**'],
      rules: {
        'no-restricted-imports': restrictedImports(
          ban(otherLayers('shared'), 'shared/ is the bottom: it imports no other folder.'),
        ),
      },
    },
    {
      files: ['runtime/**'],
      rules: {
        'no-restricted-imports': restrictedImports(
          ban(otherLayers('runtime'), 'runtime/ runs any Functions app and knows nothing of servers.'),
          boundedConnections,
        ),
      },
    },
    {
      files: ['runtime/postgres/connections.ts'],
      rules: {
        'no-restricted-imports': restrictedImports(
          ban(otherLayers('runtime'), 'runtime/ runs any Functions app and knows nothing of servers.'),
        ),
      },
    },
    { files: ['infra/local/**'], rules: { 'no-restricted-imports': ['error', { patterns: [boundedConnections] }] } },
    {
      files: ['edge/**'],
      rules: {
        'no-restricted-imports': restrictedImports(
          ban(
            ['functions', 'orchestrations', 'activities', 'runtime', 'portal'],
            'The edge agent is a program of its own: it meets the functions through queues only.',
          ),
          durableOnlyInSaga,
        ),
      },
    },
    {
      files: ['functions/**'],
      rules: {
        'no-restricted-imports': restrictedImports(
          ban(['edge', 'portal', 'runtime'], 'Functions run on any host; they know neither ours nor the edge.'),
          durableOnlyInSaga,
        ),
      },
    },
    {
      files: ['orchestrations/**'],
      rules: {
        'no-restricted-imports': restrictedImports(...orchestrationImports),
        'no-restricted-globals': [
          'error',
          ...[
            'Date',
            'fetch',
            'setTimeout',
            'setInterval',
            'setImmediate',
            'queueMicrotask',
            'process',
            'crypto',
            'performance',
          ].map((name) => ({
            name,
            message: `'${name}' answers differently on replay. Time, ids and waits come from the saga.`,
          })),
        ],
        'no-restricted-properties': [
          'error',
          { object: 'Math', property: 'random', message: 'Replay would draw another number. Use saga.newId().' },
        ],
        'no-await-in-loop': 'error',
        'promise/catch-or-return': 'off',
      },
    },
    ...stages.map((stage) => ({
      files: [`activities/${stage}/**`],
      rules: {
        'no-restricted-imports': restrictedImports(
          ban(otherLayers('activities', 'shared'), 'Activities see shared/ only: imports point inward.'),
          ban(
            stages.filter((other) => other !== stage).map((other) => `activities/${other}`),
            'A stage never imports another stage: they meet through an event or a child saga.',
          ),
          {
            group: stages.filter((other) => other !== stage).map((other) => `../${other}/*`),
            message: 'A stage never imports another stage: they meet through an event or a child saga.',
          },
          { group: ['**/shared/wiring.ts'], message: 'Steps are handed the world; they never build it.' },
          durableOnlyInSaga,
        ),
      },
    })),
    { files: ['shared/**', 'edge/**', 'functions/**', 'activities/**'], rules: { 'no-restricted-globals': noFetch } },
    // The address of the identity provider is a setting, and its keys are fetched by the JOSE library's own fetch as
    // well.
    { files: ['shared/http/authenticate.ts'], rules: { 'no-restricted-globals': 'off' } },
    {
      files: [
        'shared/config.ts',
        'edge/main.ts',
        'edge/launch.mjs',
        'infra/local/**',
        'infra/edge/**',
        'test/**',
        'runtime/**',
        '*.config.*',
        '**/*.config.*',
      ],
      rules: { 'no-restricted-properties': 'off' },
    },
    { files: ['infra/local/**', 'infra/edge/**', 'test/**'], rules: { 'no-console': 'off' } },
    {
      files: ['*.config.*', '**/*.config.*', '**/*.cjs', 'test/jest/**'],
      rules: { 'import/no-default-export': 'off' },
    },
  ],
});
