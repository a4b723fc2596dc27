// AWX 24: job templates, an inventory, jobs that take hardware time. What a playbook finds is in its artifacts.
import { z } from 'zod';
import { routes, type Routed } from '../kit/routes.ts';
import { empty, json, type SimAnswer, type Simulator } from '../kit/simulator.ts';
import { bearerOf } from '../kit/tokens.ts';

export interface Template {
  id: number;
  name: string;
  inventory: number;
  /** Prompt on launch: what is off here is silently dropped from a launch. */
  asksVariables: boolean;
  asksLimit: boolean;
  seconds: number;
  artifacts: Record<string, unknown>;
}
interface Host {
  id: number;
  name: string;
  description: string;
  inventory: number;
  variables: string;
}
export interface Job {
  id: number;
  template: number;
  status: 'pending' | 'running' | 'successful' | 'failed' | 'canceled';
  limit: string;
  extraVars: Record<string, unknown>;
  artifacts: Record<string, unknown>;
  explanation: string;
  createdAt: number;
}
export interface AwxState {
  nextId: number;
  templates: Template[];
  hosts: Host[];
  jobs: Job[];
  /** The next run of a template named here ends as failed, and says this. */
  failures: Record<string, string>;
}

export const awxAccount = { token: 'awx-lab-token' };

const template = (id: number, name: string, seconds: number, artifacts: Record<string, unknown>): Template => ({
  id,
  name,
  inventory: 1,
  asksVariables: true,
  asksLimit: true,
  seconds,
  artifacts,
});

const burnIn = 12;
const templates = [
  template(11, 'harden-server', 240, { hardening: { roles: ['bmc-hardening', 'os-baseline'], changed: 37 } }),
  template(burnIn, 'burn-in', 1800, { burn_in: { passed: true, memory_errors: 0, cpu_throttled: false, hours: 24 } }),
  template(13, 'validate-cis', 120, {
    cis: {
      profile: 'CIS Level 1 Server',
      score: 97.4,
      evaluated: 231,
      passed: 225,
      failed: ['5.2.4', '5.3.1', '6.1.10', '6.2.8', '1.6.2', '4.1.3'],
      is_compliant: true,
    },
  }),
  template(14, 'segment-network', 60, { network: { vlans: ['management', 'tenant'], rules: 14 } }),
];

const requireToken = ({ request }: Routed<AwxState>): SimAnswer | undefined =>
  bearerOf(request.headers['authorization']) === awxAccount.token
    ? undefined
    : json(401, {
        detail: 'Authentication credentials were not provided. To establish a login session, visit /api/login/.',
      });

const notFound = (): SimAnswer => json(404, { detail: 'Not found.' });

function page<Item>({ request }: Routed<AwxState>, items: readonly Item[], render: (item: Item) => unknown): SimAnswer {
  const size = Math.min(Number(request.query.get('page_size') ?? 25), 200);
  const number = Number(request.query.get('page') ?? 1);
  const at = (to: number) => {
    const query = new URLSearchParams(request.query);
    query.set('page', String(to));
    return `${request.path}?${query}`;
  };
  const results = items.slice((number - 1) * size, number * size);
  if (number > 1 && results.length === 0) return json(404, { detail: 'Invalid page.' });
  return json(200, {
    count: items.length,
    next: number * size < items.length ? at(number + 1) : null,
    previous: number > 1 ? at(number - 1) : null,
    results: results.map(render),
  });
}

const templateView = (each: Template) => ({
  id: each.id,
  type: 'job_template',
  url: `/api/v2/job_templates/${each.id}/`,
  name: each.name,
  inventory: each.inventory,
  ask_variables_on_launch: each.asksVariables,
  ask_limit_on_launch: each.asksLimit,
});
const hostView = (each: Host) => ({
  ...each,
  type: 'host',
  url: `/api/v2/hosts/${each.id}/`,
  enabled: true,
  has_active_failures: false,
  last_job: null,
});
const jobView = (each: Job) => ({
  id: each.id,
  type: 'job',
  url: `/api/v2/jobs/${each.id}/`,
  job_template: each.template,
  status: each.status,
  failed: each.status === 'failed',
  limit: each.limit,
  extra_vars: JSON.stringify(each.extraVars),
  artifacts: each.artifacts,
  job_explanation: each.explanation,
  created: new Date(each.createdAt).toISOString(),
});

const listJobs = (call: Routed<AwxState>): SimAnswer => {
  const { query } = call.request;
  const wanted = (name: string, value: string) => !query.has(name) || query.get(name) === value;
  const jobs = call.state.jobs.filter(
    (job) =>
      wanted('job_template', String(job.template)) &&
      wanted('limit', job.limit) &&
      (query.get('status__in')?.split(',').includes(job.status) ?? true),
  );
  return page(call, query.get('order_by') === '-id' ? jobs.toReversed() : jobs, jobView);
};

const NewHost = z.strictObject({
  name: z.string().min(1).max(512),
  description: z.string().default(''),
  variables: z.string().default(''),
  enabled: z.boolean().optional(),
  instance_id: z.string().max(1024).optional(),
});
const addHost = ({ request, state, context, params }: Routed<AwxState>): SimAnswer => {
  const parsed = NewHost.safeParse(request.body);
  if (!parsed.success)
    return json(
      400,
      Object.fromEntries(parsed.error.issues.map((issue) => [String(issue.path[0] ?? 'detail'), [issue.message]])),
    );
  const inventory = Number(params['inventory']);
  if (state.hosts.some((host) => host.name === parsed.data.name && host.inventory === inventory))
    return json(400, { __all__: ['Host with this Name and Inventory already exists.'] });
  const host = {
    id: state.nextId++,
    name: parsed.data.name,
    description: parsed.data.description,
    variables: parsed.data.variables,
    inventory,
  };
  state.hosts.push(host);
  context.effect('host added', host.name);
  return json(201, hostView(host));
};

const Launch = z.object({
  limit: z.string().optional(),
  extra_vars: z.union([z.record(z.string(), z.unknown()), z.string()]).optional(),
});
const launch = ({ request, state, context, params }: Routed<AwxState>): SimAnswer => {
  const chosen = state.templates.find((each) => String(each.id) === params['id']);
  if (!chosen) return notFound();
  const parsed = Launch.safeParse(request.body ?? {});
  if (!parsed.success) return json(400, { extra_vars: ['Expected a dictionary.'] });
  const { limit = '', extra_vars: given = {} } = parsed.data;
  const asked: Record<string, unknown> =
    typeof given === 'string' ? (JSON.parse(given) as Record<string, unknown>) : given;
  const ignored = {
    ...(!chosen.asksVariables && Object.keys(asked).length > 0 && { extra_vars: asked }),
    ...(!chosen.asksLimit && limit && { limit }),
  };
  if (limit && !state.hosts.some((host) => host.name === limit))
    return json(400, { limit: [`Could not match supplied host pattern: ${limit}`] });
  const job: Job = {
    id: state.nextId++,
    template: chosen.id,
    status: 'pending',
    limit: chosen.asksLimit ? limit : '',
    extraVars: chosen.asksVariables ? asked : {},
    artifacts: {},
    explanation: '',
    createdAt: context.now(),
  };
  state.jobs.push(job);
  context.effect('playbook launched', `${chosen.name} ${String(asked['rackline_correlation_id'] ?? `job ${job.id}`)}`);
  context.later('begin', 5, job.id);
  context.later('end', chosen.seconds, job.id);
  return json(201, { ...jobView(job), job: job.id, ignored_fields: ignored });
};

const cancel = ({ state, params }: Routed<AwxState>): SimAnswer => {
  const job = state.jobs.find((each) => String(each.id) === params['id']);
  if (!job) return notFound();
  if (job.status !== 'pending' && job.status !== 'running') return json(405, { detail: 'Method "POST" not allowed.' });
  job.status = 'canceled';
  return empty(202);
};

export const awxSimulator: Simulator<AwxState> = {
  name: 'awx',
  initialState: () => ({ nextId: 101, templates: structuredClone(templates), hosts: [], jobs: [], failures: {} }),
  handle: routes<AwxState>(
    {
      'GET /api/v2/job_templates/': (call) =>
        page(
          call,
          call.state.templates.filter((each) => each.name === (call.request.query.get('name') ?? each.name)),
          templateView,
        ),
      'POST /api/v2/job_templates/:id/launch/': launch,
      'GET /api/v2/inventories/:inventory/hosts/': (call) =>
        page(
          call,
          call.state.hosts.filter(
            (host) =>
              String(host.inventory) === call.params['inventory'] &&
              host.name === (call.request.query.get('name') ?? host.name),
          ),
          hostView,
        ),
      'POST /api/v2/inventories/:inventory/hosts/': addHost,
      'GET /api/v2/hosts/': (call) =>
        page(
          call,
          call.state.hosts.filter((host) => host.name === (call.request.query.get('name') ?? host.name)),
          hostView,
        ),
      'DELETE /api/v2/hosts/:id/': ({ state, context, params }) => {
        const gone = state.hosts.find((host) => String(host.id) === params['id']);
        if (!gone) return notFound();
        state.hosts = state.hosts.filter((host) => host !== gone);
        context.takeBack('host added', gone.name);
        return empty(204);
      },
      'GET /api/v2/jobs/': listJobs,
      'GET /api/v2/jobs/:id/': ({ state, params }) => {
        const job = state.jobs.find((each) => String(each.id) === params['id']);
        return job ? json(200, jobView(job)) : notFound();
      },
      'POST /api/v2/jobs/:id/cancel/': cancel,
    },
    requireToken,
  ),
  jobs: {
    begin: (id: number, { state, tell }) => {
      const job = state.jobs.find((each) => each.id === id);
      if (job?.status !== 'pending') return;
      job.status = 'running';
      if (job.template === burnIn) tell('bmc', 'drives-written', { serial: job.limit });
    },
    end: (id: number, { state }) => {
      const job = state.jobs.find((each) => each.id === id);
      const ran = state.templates.find((each) => each.id === job?.template);
      if (!job || !ran || (job.status !== 'running' && job.status !== 'pending')) return;
      const failure = state.failures[ran.name];
      delete state.failures[ran.name];
      job.status = failure === undefined ? 'successful' : 'failed';
      job.explanation = failure ?? '';
      job.artifacts = failure === undefined ? ran.artifacts : {};
    },
  },
  holdings: (state) => ({
    hosts: state.hosts.map((host) => host.name).sort(),
    unfinishedJobs: state.jobs
      .filter((job) => job.status === 'pending' || job.status === 'running')
      .map((job) => job.id),
  }),
};
