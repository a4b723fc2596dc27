/** A folder, what of its neighbours it may import, and what would break without that limit. */
export interface Floor {
  uses: readonly string[];
  reason: string;
}

/**
 * The floors of each part of the tree, the lowest first. A folder imports those that it names and no others: lint
 * refuses the rest, file by file, and a test derives the same from the imports.
 */
export const floors: Readonly<Record<string, Readonly<Record<string, Floor>>>> = {
  shared: {
    kernel: {
      uses: [],
      reason: 'The kernel knows no server: clock, ids, errors, log, database and HTTP client stand under everything.',
    },
    facts: { uses: ['kernel'], reason: 'Facts are words about a machine; they hold whoever asked for them.' },
    ports: {
      uses: ['kernel', 'facts'],
      reason: 'A port is what we ask of the world in our words; it does not know who answers.',
    },
    adapters: {
      uses: ['kernel', 'facts', 'ports'],
      reason: 'An adapter can be exchanged or left out: it knows its system and its port, nothing of ours.',
    },
    events: {
      uses: ['kernel'],
      reason: 'The log takes any event; each kind is declared by the noun that it is about.',
    },
    lifecycle: {
      uses: ['kernel', 'facts', 'events'],
      reason: 'States and transitions hold whatever the story; the one writer of states serves them all.',
    },
    domain: {
      uses: ['kernel', 'facts', 'ports', 'events', 'lifecycle'],
      reason: 'A noun has its rules, queries and shapes, and decides nothing about who asks or which story goes on.',
    },
    access: {
      uses: ['kernel', 'events', 'domain'],
      reason: 'Who may do what is decided over nouns, before any story begins.',
    },
    saga: {
      uses: ['kernel', 'facts', 'ports', 'events', 'lifecycle', 'domain', 'access'],
      reason: 'Steps and sagas use nouns and ports; no noun depends on a story.',
    },
    http: {
      uses: ['kernel', 'events', 'domain', 'access', 'saga'],
      reason: 'The frame of an endpoint stands on top: a saga runs the same without a request.',
    },
    wiring: {
      uses: ['kernel', 'facts', 'ports', 'adapters', 'events', 'lifecycle', 'domain', 'access', 'saga', 'http'],
      reason: 'Only wiring makes real clients, so that tests and programs can put others in their place.',
    },
  },
  edge: {
    kernel: { uses: [], reason: 'Journal, store, time and log of the agent serve all its parts.' },
    platform: {
      uses: ['kernel'],
      reason: 'The line to the platform carries what the parts say; it does not know them.',
    },
    dhcp: { uses: ['kernel', 'platform'], reason: 'Leases are heard whether or not anything is booted.' },
    'image-jobs': {
      uses: ['kernel', 'platform'],
      reason: 'What images report and do is the same however they were booted.',
    },
    boot: {
      uses: ['kernel', 'platform', 'dhcp', 'image-jobs'],
      reason: 'Booting answers what DHCP hears and starts what reports.',
    },
    bmc: { uses: ['kernel', 'platform'], reason: 'Management controllers are reached whether or not machines boot.' },
    update: { uses: ['kernel'], reason: 'An update must work where everything else is broken.' },
  },
  runtime: {
    core: { uses: [], reason: 'The core loads and calls functions; it knows no trigger and no engine.' },
    postgres: { uses: ['core'], reason: 'Connections are opened alike for engine and triggers.' },
    durable: { uses: ['core', 'postgres'], reason: 'An engine can be exchanged: triggers know it by its contract.' },
    triggers: { uses: ['core', 'postgres', 'durable'], reason: 'Triggers bring calls; nothing below waits for one.' },
  },
  'runtime/durable': {
    contract: { uses: [], reason: 'Engines and stores meet in the contract alone.' },
    'protocol-v3': {
      uses: ['contract'],
      reason: 'The SDK’s protocol changes in version 4 and must change in one folder.',
    },
    core: {
      uses: ['contract', 'protocol-v3'],
      reason: 'A turn is a function of its history: no store, no worker, no clock.',
    },
    worker: { uses: ['contract', 'core'], reason: 'A worker runs turns over any store.' },
    memory: {
      uses: ['contract', 'core', 'worker'],
      reason: 'A store knows the worker that it serves, and no other store.',
    },
    postgres: {
      uses: ['contract', 'core', 'worker'],
      reason: 'A store knows the worker that it serves, and no other store.',
    },
    management: { uses: ['contract'], reason: 'The management API asks any engine.' },
  },
  'portal/src': {
    api: { uses: [], reason: 'The client of the API draws nothing.' },
    ui: { uses: ['api'], reason: 'What is drawn everywhere knows no page.' },
    health: { uses: ['api', 'ui'], reason: 'Parts of the fleet’s pages.' },
    operations: {
      uses: ['api', 'ui'],
      reason: 'Areas use those that are named here; a circle of pages could not be loaded apart.',
    },
    decommissioning: {
      uses: ['api', 'ui'],
      reason: 'Areas use those that are named here; a circle of pages could not be loaded apart.',
    },
    procurement: {
      uses: ['api', 'ui'],
      reason: 'Areas use those that are named here; a circle of pages could not be loaded apart.',
    },
    fleet: {
      uses: ['api', 'ui', 'health', 'operations', 'decommissioning'],
      reason: 'A server’s page shows the parts of other areas.',
    },
    receiving: { uses: ['api', 'ui', 'fleet'], reason: 'Receiving ends with a task.' },
    orders: {
      uses: ['api', 'ui', 'procurement', 'receiving'],
      reason: 'An order’s page shows its quotes and shipments.',
    },
    delivery: {
      uses: ['api', 'ui', 'fleet', 'orders', 'procurement', 'decommissioning'],
      reason: 'A tenant’s server shows what can be done about it.',
    },
    platform: { uses: ['api', 'ui', 'orders'], reason: 'The frame of all pages, and what operators see of sagas.' },
  },
};

const stages = [
  'procurement',
  'receiving',
  'discovery',
  'provisioning',
  'delivery',
  'operations',
  'decommissioning',
] as const;
/** Beside the stages of a server's life, what crosses them. */
const crossing = [
  'orders',
  'fleet',
  'edge',
  'health',
  'billing',
  'warranty',
  'firmware',
  'access',
  'insight',
  'platform',
] as const;
export { stages };
export const areas: readonly string[] = [...stages, ...crossing];
