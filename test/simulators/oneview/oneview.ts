// An HPE OneView appliance: login sessions, tasks that take hardware time, server hardware, profiles from templates.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { routes, type Routed } from '../kit/routes.ts';
import { json, type SimAnswer, type SimContext, type Simulator } from '../kit/simulator.ts';
import { isGoodToken, issueToken, type Tokens } from '../kit/tokens.ts';
import { visitBmc, type VisitBmc } from '../vendors/visit-bmc.ts';

interface Hardware {
  uri: string;
  uuid: string;
  hostname: string;
  username: string;
  serialNumber: string;
  model: string;
  state: 'NoProfileApplied' | 'ProfileApplied' | 'Removing';
  serverProfileUri: string | null;
  firmware: { name: string; version: string }[];
}
interface Profile {
  uri: string;
  name: string;
  state: 'Creating' | 'Normal' | 'Deleting';
  templateCompliance: 'Unknown' | 'Compliant' | 'NonCompliant';
  serverProfileTemplateUri: string;
  serverHardwareUri: string;
}
interface Task {
  uri: string;
  taskState: 'New' | 'Running' | 'Completed' | 'Warning' | 'Error';
  percentComplete: number;
  resourceUri: string | null;
  /** The host of a server being added. */
  resourceName: string | null;
  taskErrors: { errorCode: string; message: string; recommendedActions: string[] }[];
}
export interface OneViewState {
  sessions: Tokens;
  hardware: Hardware[];
  profiles: Profile[];
  tasks: Record<string, Task>;
  templates: { uri: string; name: string }[];
  /** Hosts being added right now: the appliance adds each once. */
  adding: string[];
  /** The next task to begin ends as Error, and says this. */
  nextTaskFails: string | null;
}

export const oneviewAccount = { username: 'rackline', password: 'oneview-lab-password' };

const templateNames = ['rackline-standard', 'rackline-dense'];
const bundle = {
  id: 'P8XX_2026_09',
  version: '2026.09.00.00',
  components: [
    { name: 'System ROM', version: 'U54 v2.62 (08/14/2026)' },
    { name: 'iLO 6', version: '1.68 Aug 20 2026' },
    { name: 'Ethernet Adapter', version: '26.42.1000' },
  ],
};

/** Hardware seconds. */
const addSeconds = 300;
const profileSeconds = 240;
const removeSeconds = 60;

const problem = (status: number, errorCode: string, message: string): SimAnswer =>
  json(status, {
    errorCode,
    message,
    details: '',
    recommendedActions: [],
    nestedErrors: [],
    errorSource: null,
    data: {},
  });

const guard = ({ request, state, context }: Routed<OneViewState>): SimAnswer | undefined => {
  if (request.path === '/rest/version') return undefined;
  if (!/^\d+$/.test(request.headers['x-api-version'] ?? ''))
    return problem(404, 'RESOURCE_NOT_FOUND', 'The X-API-Version header is missing or unsupported.');
  if (request.path === '/rest/login-sessions') return undefined;
  return isGoodToken(state.sessions, request.headers['auth'], context.now())
    ? undefined
    : problem(401, 'AUTHORIZATION', 'User not authorized for this operation');
};

const Login = z.object({ userName: z.string(), password: z.string(), authLoginDomain: z.string().optional() });
const logIn = ({ request, state, context }: Routed<OneViewState>): SimAnswer => {
  const body = Login.safeParse(request.body);
  if (!body.success || body.data.userName !== oneviewAccount.username || body.data.password !== oneviewAccount.password)
    return problem(400, 'AUTHN_AUTH_FAIL', 'Invalid username or password or directory.');
  return json(200, { sessionID: issueToken(state.sessions, context.now(), 86_400), partnerData: {} });
};

/** `field='value'`, with or without the quotes around the whole that OneView also takes. */
function page<Item extends { uri: string }>({ request }: Routed<OneViewState>, items: readonly Item[]): SimAnswer {
  const [, field, value] = /^"?(\w+)\s*=\s*'([^']*)'"?$/.exec(request.query.get('filter') ?? '') ?? [];
  const chosen = items.filter((item) => field === undefined || String(Reflect.get(item, field)) === value);
  const start = Number(request.query.get('start') ?? 0);
  const count = Number(request.query.get('count') ?? 100);
  const members = chosen.slice(start, start + count);
  const next = start + count < chosen.length ? `${request.path}?start=${start + count}&count=${count}` : null;
  return json(200, {
    type: 'list',
    members,
    start,
    count: members.length,
    total: chosen.length,
    nextPageUri: next,
    prevPageUri: null,
    category: 'list',
    uri: request.path,
    eTag: null,
  });
}

const one =
  <Item extends { uri: string }>(pick: (state: OneViewState) => readonly Item[]) =>
  ({ request, state }: Routed<OneViewState>): SimAnswer => {
    const found = pick(state).find(({ uri }) => uri === request.path);
    return found ? json(200, found) : problem(404, 'RESOURCE_NOT_FOUND', 'The requested resource could not be found.');
  };

function beginTask(
  context: SimContext<OneViewState>,
  job: string,
  seconds: number,
  payload: Record<string, unknown>,
): SimAnswer {
  const uri = `/rest/tasks/${randomUUID()}`;
  const task: Task = {
    uri,
    taskState: 'Running',
    percentComplete: 10,
    resourceUri: null,
    resourceName: typeof payload['hostname'] === 'string' ? payload['hostname'] : null,
    taskErrors: [],
  };
  context.state.tasks[uri] = task;
  const planned = context.state.nextTaskFails;
  context.state.nextTaskFails = null;
  context.later(planned === null ? job : 'fail', seconds, { ...payload, task: uri, reason: planned });
  return json(202, taskView(task), { location: uri });
}
const taskView = ({ resourceUri, resourceName, ...task }: Task) => ({
  type: 'TaskResourceV2',
  ...task,
  associatedResource: {
    resourceUri,
    resourceName,
    resourceCategory: resourceName === null ? 'server-profiles' : 'server-hardware',
  },
});

function endTask(context: SimContext<OneViewState>, uri: string, resourceUri: string): void {
  Object.assign(context.state.tasks[uri] ?? {}, { taskState: 'Completed', percentComplete: 100, resourceUri });
}
function failTask(context: SimContext<OneViewState>, uri: string, errorCode: string, message: string): void {
  Object.assign(context.state.tasks[uri] ?? {}, {
    taskState: 'Error',
    taskErrors: [{ errorCode, message, recommendedActions: [] }],
  });
}

const NewHardware = z.strictObject({
  hostname: z.string().min(1),
  username: z.string().min(1),
  password: z.string().min(1),
  force: z.boolean(),
  licensingIntent: z.enum(['OneView', 'OneViewNoiLO', 'OneViewStandard']),
  configurationState: z.enum(['Managed', 'Monitored']),
});
const addHardware = ({ request, state, context }: Routed<OneViewState>): SimAnswer => {
  const body = NewHardware.safeParse(request.body);
  if (!body.success)
    return problem(
      400,
      'INVALID_INPUT',
      body.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
    );
  const { hostname, username, password } = body.data;
  const isTwice = state.adding.includes(hostname) || state.hardware.some((each) => each.hostname === hostname);
  if (!isTwice) state.adding.push(hostname);
  return beginTask(context, isTwice ? 'refuse-second' : 'add', isTwice ? 5 : addSeconds, {
    hostname,
    username,
    password,
  });
};

const NewProfile = z.looseObject({
  name: z.string().min(1),
  serverHardwareUri: z.string(),
  serverProfileTemplateUri: z.string(),
});
const addProfile = ({ request, state, context }: Routed<OneViewState>): SimAnswer => {
  const body = NewProfile.safeParse(request.body);
  if (!body.success) return problem(400, 'INVALID_INPUT', 'The server profile is incomplete.');
  const { name, serverHardwareUri, serverProfileTemplateUri } = body.data;
  const hardware = state.hardware.find(({ uri }) => uri === serverHardwareUri);
  if (!hardware) return problem(404, 'RESOURCE_NOT_FOUND', 'The server hardware could not be found.');
  if (hardware.serverProfileUri || state.profiles.some((each) => each.name === name))
    return beginTask(context, 'refuse-profile', 5, { hardware: serverHardwareUri });
  const profile: Profile = {
    uri: `/rest/server-profiles/${randomUUID()}`,
    name,
    state: 'Creating',
    templateCompliance: 'Unknown',
    serverProfileTemplateUri,
    serverHardwareUri,
  };
  state.profiles.push(profile);
  hardware.serverProfileUri = profile.uri;
  context.effect('profile applied', hardware.serialNumber);
  return beginTask(context, 'apply', profileSeconds, { profile: profile.uri });
};

const remove =
  (job: string, pick: (state: OneViewState) => { uri: string; state: string }[], word: string) =>
  ({ request, state, context }: Routed<OneViewState>): SimAnswer => {
    const found = pick(state).find(({ uri }) => uri === request.path);
    if (!found) return problem(404, 'RESOURCE_NOT_FOUND', 'The requested resource could not be found.');
    found.state = word;
    return beginTask(context, job, removeSeconds, { resource: found.uri });
  };

const compliance = ({ request, state }: Routed<OneViewState>): SimAnswer => {
  const body = z
    .strictObject({ firmwareBaselineId: z.literal(bundle.id), serverUUID: z.string() })
    .safeParse(request.body);
  const hardware = state.hardware.find(({ uuid }) => uuid === body.data?.serverUUID);
  if (!body.success || !hardware)
    return problem(404, 'RESOURCE_NOT_FOUND', 'The firmware baseline or the server could not be found.');
  const componentMappingList = bundle.components.map(({ name, version }) => {
    const installed = hardware.firmware.find((each) => each.name === name)?.version ?? version;
    return {
      componentKey: null,
      componentName: name,
      componentLocation: 'System Board',
      componentType: 'Firmware',
      installedVersion: installed,
      baselineVersion: version,
      componentFirmwareUpdateRequired: installed !== version,
      hpsumManaged: true,
    };
  });
  return json(200, {
    componentMappingList,
    serverFirmwareUpdateRequired: componentMappingList.some((each) => each.componentFirmwareUpdateRequired),
  });
};

interface Add {
  hostname: string;
  username: string;
  password: string;
  task: string;
}
const addJob =
  (visit: VisitBmc) =>
  async ({ hostname, username, password, task }: Add, context: SimContext<OneViewState>): Promise<void> => {
    const { state } = context;
    try {
      const { serial, model, uuid } = await visit(hostname, username, password);
      const uri = `/rest/server-hardware/${uuid}`;
      const firmware = bundle.components.map(({ name, version }) => ({ name, version }));
      state.hardware.push({
        uri,
        uuid,
        hostname,
        username,
        serialNumber: serial,
        model,
        state: 'NoProfileApplied',
        serverProfileUri: null,
        firmware,
      });
      context.effect('server registered', serial);
      endTask(context, task, uri);
    } catch (error) {
      failTask(context, task, 'ServerAddFailed', error instanceof Error ? error.message : String(error));
    } finally {
      state.adding = state.adding.filter((each) => each !== hostname);
    }
  };

const templateUri = (index: number): string =>
  `/rest/server-profile-templates/7d4c2f5e-0000-4000-8000-00000000000${index}`;

/** `visit` stands for the appliance's own way to a BMC; tests without BMCs bring their own. */
export const createOneViewSimulator = (visit: VisitBmc = visitBmc): Simulator<OneViewState> => ({
  name: 'oneview',
  initialState: () => ({
    sessions: {},
    hardware: [],
    profiles: [],
    tasks: {},
    templates: templateNames.map((name, index) => ({ uri: templateUri(index), name })),
    adding: [],
    nextTaskFails: null,
  }),
  handle: routes<OneViewState>(
    {
      'GET /rest/version': () => json(200, { currentVersion: 6200, minimumVersion: 120 }),
      'POST /rest/login-sessions': logIn,
      'GET /rest/server-hardware': (call) => page(call, call.state.hardware.map(hardwareView)),
      'POST /rest/server-hardware': addHardware,
      'POST /rest/server-hardware/firmware-compliance': compliance,
      'GET /rest/server-hardware/:id': one((state) => state.hardware.map(hardwareView)),
      'DELETE /rest/server-hardware/:id': remove('remove-hardware', ({ hardware }) => hardware, 'Removing'),
      'GET /rest/server-profile-templates': (call) => page(call, call.state.templates),
      'GET /rest/server-profile-templates/:id': one(({ templates }) => templates),
      'GET /rest/server-profile-templates/:id/new-profile': ({ params }) =>
        json(200, {
          type: 'ServerProfileV12',
          name: null,
          serverProfileTemplateUri: `/rest/server-profile-templates/${params['id']}`,
          serverHardwareUri: null,
          affinity: null,
          bootMode: { manageMode: true, mode: 'UEFIOptimized' },
        }),
      'GET /rest/server-profiles': (call) => page(call, call.state.profiles),
      'POST /rest/server-profiles': addProfile,
      'GET /rest/server-profiles/:id': one(({ profiles }) => profiles),
      'DELETE /rest/server-profiles/:id': remove('remove-profile', ({ profiles }) => profiles, 'Deleting'),
      'GET /rest/firmware-drivers': (call) =>
        page(call, [
          {
            uri: `/rest/firmware-drivers/${bundle.id}`,
            name: 'Service Pack for ProLiant',
            version: bundle.version,
            releaseDate: '2026-09-15T00:00:00.000Z',
            bundleType: 'ServicePack',
          },
        ]),
      'GET /rest/tasks': (call) => page(call, Object.values(call.state.tasks).map(taskView)),
      'GET /rest/tasks/:id': ({ request, state }) => {
        const task = state.tasks[request.path];
        return task ? json(200, taskView(task)) : problem(404, 'RESOURCE_NOT_FOUND', 'The task could not be found.');
      },
    },
    guard,
  ),
  jobs: {
    add: addJob(visit),
    'refuse-second': ({ hostname, task }: Add, context) =>
      failTask(
        context,
        task,
        'ServerAlreadyManaged',
        `The server hardware ${hostname} is already being added or managed by this appliance.`,
      ),
    'refuse-profile': ({ hardware, task }: { hardware: string; task: string }, context) =>
      failTask(
        context,
        task,
        'ProfileAlreadyExistsInServer',
        `A profile is already assigned to the server hardware ${hardware}.`,
      ),
    apply: ({ profile: uri, task }: { profile: string; task: string }, context) => {
      const profile = context.state.profiles.find((each) => each.uri === uri);
      const hardware = context.state.hardware.find((each) => each.uri === profile?.serverHardwareUri);
      if (!profile || !hardware)
        return failTask(context, task, 'ResourceDeleted', 'The profile was deleted while it was applied.');
      Object.assign(profile, { state: 'Normal', templateCompliance: 'Compliant' });
      hardware.state = 'ProfileApplied';
      endTask(context, task, uri);
    },
    fail: (
      { task, reason, hostname, profile }: { task: string; reason: string; hostname?: string; profile?: string },
      context,
    ) => {
      const { state } = context;
      state.adding = state.adding.filter((each) => each !== hostname);
      state.profiles = state.profiles.filter(({ uri }) => uri !== profile);
      for (const each of state.hardware) {
        if (profile === undefined || each.serverProfileUri !== profile) continue;
        context.takeBack('profile applied', each.serialNumber);
        each.serverProfileUri = null;
      }
      failTask(context, task, 'OperationFailed', reason);
    },
    'remove-hardware': ({ resource, task }: { resource: string; task: string }, context) => {
      const serial = serialOf(context.state, resource);
      context.takeBack('server registered', serial);
      context.takeBack('profile applied', serial);
      context.state.hardware = context.state.hardware.filter(({ uri }) => uri !== resource);
      context.state.profiles = context.state.profiles.filter(({ serverHardwareUri }) => serverHardwareUri !== resource);
      endTask(context, task, resource);
    },
    'remove-profile': ({ resource, task }: { resource: string; task: string }, context) => {
      context.state.profiles = context.state.profiles.filter(({ uri }) => uri !== resource);
      for (const each of context.state.hardware) {
        if (each.serverProfileUri !== resource) continue;
        context.takeBack('profile applied', each.serialNumber);
        Object.assign(each, { serverProfileUri: null, state: 'NoProfileApplied' });
      }
      endTask(context, task, resource);
    },
  },
  holdings: (state) => ({
    registrations: state.hardware
      .filter((each) => each.state !== 'Removing')
      .map(({ serialNumber }) => serialNumber)
      .sort(),
    profiles: state.profiles
      .filter((each) => each.state !== 'Deleting')
      .map(({ name }) => name)
      .sort(),
  }),
});

const serialOf = (state: OneViewState, uri: string): string =>
  state.hardware.find((each) => each.uri === uri)?.serialNumber ?? '';

const hardwareView = ({ hostname, username: _username, firmware: _firmware, ...hardware }: Hardware) => ({
  type: 'server-hardware-13',
  ...hardware,
  name: hostname,
  mpHostInfo: { mpHostName: hostname, mpIpAddresses: [{ address: hostname, type: 'Static' }] },
  status: 'OK',
  powerState: 'On',
  licensingIntent: 'OneView',
});
