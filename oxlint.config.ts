// Style is not linted here; promises are. Every rule below says in its message what would break without it.
import { defineConfig } from 'oxlint';
import { floors, stages } from './infra/lint/floors.ts';

const layers = ['functions', 'orchestrations', 'activities', 'shared', 'runtime', 'edge', 'portal'];
interface Pattern {
  group?: string[];
  regex?: string;
  importNames?: string[];
  allowTypeImports?: boolean;
  message: string;
}
/** What a folder may not import, by path from the root, and what would break. */
interface Border {
  not: readonly string[];
  reason: string;
}

const escaped = (path: string) => path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const deepest = 4;

/**
 * Imports are relative, so what leads out of a folder is written with as many `../` as the file lies deep: one
 * override for each depth below `folder`.
 */
function bordersOf(folder: string, borders: readonly Border[], more: { patterns?: Pattern[]; paths?: object[] } = {}) {
  const own = folder.split('/');
  return Array.from({ length: deepest }, (_, depth) => {
    const leading = (target: string): string => {
      const to = target.split('/');
      const common = own.findIndex((part, index) => part !== to[index]);
      const shared = common < 0 ? own.length : common;
      const up = '\\.\\./'.repeat(own.length - shared + depth) || '\\./';
      const rest = to.slice(shared).map(escaped).join('/');
      return `^${up}${rest}${target.endsWith('.ts') ? '$' : '/'}`;
    };
    return {
      files: [`${folder}/${'*/'.repeat(depth)}*.{ts,tsx}`],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              ...borders.map(({ not, reason }) => ({ regex: not.map(leading).join('|'), message: reason })),
              ...(more.patterns ?? []),
            ],
            paths: more.paths ?? [],
          },
        ],
      },
    };
  });
}

const otherLayers = (...allowed: string[]) => layers.filter((layer) => !allowed.includes(layer));
const packages = (group: string[], message: string): Pattern => ({ group, message });

const onlyHttpClient =
  'Only shared/kernel/http-client sends: it follows links within the origin, keeps connections inside the networks ' +
  'they belong to, and masks secrets.';
const senders = packages(['undici', 'undici/**'], onlyHttpClient);
/** What sends requests and belongs to Node. Servers may be made of the same modules. */
const nodeSenders = ['http', 'https', 'http2']
  .flatMap((name) => [name, `node:${name}`])
  .map((name) => ({
    name,
    importNames: ['request', 'get', 'connect', 'Agent', 'ClientRequest', 'default'],
    message: onlyHttpClient,
  }));
const noFetch = ['error', { name: 'fetch', message: onlyHttpClient }] as const;

const durableOnlyInSaga = packages(
  ['durable-functions'],
  'Only shared/saga speaks to the Durable SDK: its protocol changes in version 4 and must change in one folder.',
);
const boundedConnections: Pattern = {
  ...packages(
    ['pg'],
    'Open connections through connections.ts of shared/kernel/database or runtime/postgres: each wait for the ' +
      'database has an end there. A bare client waits for good on a connection that has fallen silent.',
  ),
  importNames: ['Client', 'Pool'],
  allowTypeImports: true,
};
const noDrivers = packages(
  ['pg', 'undici', 'node:*', 'nodemailer'],
  'Orchestrators only decide. Touch the world in an activity, which may run twice; this code replays for weeks.',
);
const sharedIsTheBottom: Border = {
  not: otherLayers('shared'),
  reason: 'shared/ is the bottom: it imports no other folder, so that edge and functions can both stand on it.',
};
const sends = { paths: nodeSenders };

/** What one floor may not import: the floors that it does not name. */
const floorBorders = (part: string, floor: string): Border[] => {
  const { uses, reason } = floors[part]![floor]!;
  const others = Object.keys(floors[part]!).filter((other) => other !== floor && !uses.includes(other));
  return others.length === 0 ? [] : [{ not: others.map((other) => `${part}/${other}`), reason }];
};
type More = { patterns?: Pattern[]; paths?: object[] };
/** A part of the tree: what none of it may import, and what each of its floors may not. */
const partOf = (part: string, borders: readonly Border[], more: More, floor: Readonly<Record<string, More>> = {}) => [
  ...bordersOf(part, borders, more),
  ...Object.keys(floors[part]!).flatMap((name) =>
    bordersOf(`${part}/${name}`, [...borders, ...floorBorders(part, name)], floor[name] ?? more),
  ),
];
const noDatabase = (message: string): Pattern => ({ regex: '\\.db\\.ts$', message });

const runtimeKnowsNoServer: Border = {
  not: otherLayers('runtime'),
  reason: 'runtime/ runs any Functions app and knows nothing of servers.',
};
const portalIsAClient: Border = {
  not: [
    ...otherLayers('portal', 'shared'),
    ...['adapters', 'wiring', 'saga', 'http', 'kernel/database', 'kernel/http-client'].map((each) => `shared/${each}`),
    'test',
    'infra',
  ],
  reason: 'The portal is a client of the API: it shares its shapes and words, and runs in a browser.',
};

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
        message:
          'Only shared/wiring/settings.ts and the agent’s edge/main.ts read the environment, once, through a schema.',
      },
    ],
    'unicorn/no-useless-fallback-in-spread': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-new-array': 'off',
    'unicorn/no-thenable': 'off',
    'require-yield': 'off',
  },
  overrides: [
    ...partOf(
      'shared',
      [sharedIsTheBottom],
      { patterns: [durableOnlyInSaga, boundedConnections, senders], ...sends },
      {
        saga: { patterns: [boundedConnections, senders], ...sends },
        domain: {
          patterns: [
            durableOnlyInSaga,
            boundedConnections,
            senders,
            {
              regex: '^\\.\\./catalogue\\.ts$',
              message: 'The catalogue joins the events of all nouns: a noun that imports it stands in a circle.',
            },
          ],
          ...sends,
        },
      },
    ),
    ...bordersOf('shared/kernel/http-client', [sharedIsTheBottom, ...floorBorders('shared', 'kernel')], {
      patterns: [durableOnlyInSaga, boundedConnections],
    }),
    ...partOf('runtime', [runtimeKnowsNoServer], { patterns: [boundedConnections, senders], ...sends }),
    ...partOf('runtime/durable', [runtimeKnowsNoServer, ...floorBorders('runtime', 'durable')], {
      patterns: [boundedConnections, senders],
      ...sends,
    }),
    {
      files: ['runtime/postgres/connections.ts', 'shared/kernel/database/connections.ts'],
      rules: { 'no-restricted-imports': 'off' },
    },
    ...partOf(
      'edge',
      [
        {
          not: otherLayers('edge', 'shared'),
          reason: 'The edge agent is a program of its own: it meets the functions through queues only.',
        },
        {
          not: ['access', 'saga', 'http', 'wiring', 'events'].map((floor) => `shared/${floor}`),
          reason: 'The agent has no database, no callers and no sagas: those are the platform’s.',
        },
      ],
      {
        patterns: [
          durableOnlyInSaga,
          senders,
          noDatabase('The agent has no database of the platform’s: it is told what it needs.'),
        ],
        ...sends,
      },
    ),
    ...partOf('portal/src', [portalIsAClient], {
      patterns: [noDatabase('A browser has no database. Take the shapes from the noun’s api file.')],
    }),
    ...bordersOf(
      'functions',
      [
        {
          not: ['edge', 'portal', 'runtime'],
          reason: 'Functions run on any host; they know neither ours nor the edge.',
        },
      ],
      { patterns: [durableOnlyInSaga, senders], ...sends },
    ),
    ...bordersOf(
      'orchestrations',
      [
        {
          not: otherLayers('orchestrations', 'activities', 'shared'),
          reason: 'Orchestrations see steps and shared words only: imports point inward.',
        },
        {
          not: ['shared/kernel/database', 'shared/adapters', 'shared/wiring', 'shared/kernel/clock.ts'],
          reason: 'An orchestrator that reads the world decides differently on replay. Ask a step.',
        },
      ],
      {
        patterns: [
          durableOnlyInSaga,
          noDrivers,
          noDatabase('An orchestrator that reads the database decides differently on replay. Ask a step.'),
        ],
      },
    ),
    {
      files: ['orchestrations/**'],
      rules: {
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
    ...bordersOf(
      'activities',
      [
        {
          not: otherLayers('activities', 'shared'),
          reason: 'Activities see shared/ only: imports point inward.',
        },
        { not: ['shared/wiring'], reason: 'Steps are handed what they use; they never build it.' },
      ],
      { patterns: [durableOnlyInSaga, senders], ...sends },
    ),
    ...stages.flatMap((stage) =>
      bordersOf(
        `activities/${stage}`,
        [
          {
            not: otherLayers('activities', 'shared'),
            reason: 'Activities see shared/ only: imports point inward.',
          },
          {
            not: stages.filter((other) => other !== stage).map((other) => `activities/${other}`),
            reason: 'A stage never imports another stage: they meet through an event or a child saga.',
          },
          { not: ['shared/wiring'], reason: 'Steps are handed what they use; they never build it.' },
        ],
        { patterns: [durableOnlyInSaga, senders], ...sends },
      ),
    ),
    {
      files: ['infra/local/**'],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              boundedConnections,
              {
                group: ['**/test/**'],
                message:
                  'npm start reaches the lab through infra/local/lab.ts alone: one place says what it needs of it.',
              },
            ],
          },
        ],
      },
    },
    {
      files: ['infra/local/lab.ts'],
      rules: { 'no-restricted-imports': ['error', { patterns: [boundedConnections] }] },
    },
    {
      files: ['shared/**', 'functions/**', 'activities/**', 'edge/**'],
      rules: { 'no-restricted-globals': noFetch },
    },
    { files: ['shared/kernel/http-client/**'], rules: { 'no-restricted-globals': 'off' } },
    // The identity provider's description is read by the library's own rules.
    { files: ['shared/access/authenticate.ts'], rules: { 'no-restricted-globals': 'off' } },
    {
      files: [
        'shared/wiring/settings.ts',
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
