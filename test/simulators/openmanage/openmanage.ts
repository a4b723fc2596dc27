// A Dell OpenManage Enterprise appliance: sessions, OData lists with small pages, discoveries and deployments as jobs.
import { z } from 'zod';
import { routes, type Routed } from '../kit/routes.ts';
import { empty, json, type SimAnswer, type SimContext, type Simulator } from '../kit/simulator.ts';
import { isGoodToken, issueToken, type Tokens } from '../kit/tokens.ts';
import { visitBmc, type VisitBmc } from '../vendors/visit-bmc.ts';

interface Device {
  Id: number;
  DeviceServiceTag: string;
  Model: string;
  address: string;
  firmware: { Name: string; CurrentVersion: string }[];
}
interface Profile {
  Id: number;
  ProfileName: string;
  TemplateId: number;
  TemplateName: string;
  TargetId: number;
  ProfileState: number;
  DeploymentTaskId: number;
}
export interface OpenManageState {
  sessions: Tokens;
  nextId: number;
  devices: Device[];
  groups: { Id: number; Name: string; TaskId: number }[];
  /** Status numbers by job. */
  jobs: Record<number, number>;
  templates: { Id: number; Name: string }[];
  profiles: Profile[];
  /** The next job to begin ends with this number: 2070 failed, 2090 with errors. */
  nextJobEnds: number | null;
}

export const openmanageAccount = { username: 'rackline', password: 'openmanage-lab-password' };

const baselineFirmware = [
  { Name: 'BIOS', Version: '2.7.5' },
  { Name: 'Integrated Dell Remote Access Controller', Version: '7.20.10.05' },
  { Name: 'BCM57508 NetXtreme-E 100Gb', Version: '23.21.6' },
];
const pageSize = 50;
const discoverySeconds = 240;
const deploySeconds = 300;

const problem = (status: number, messageId: string, message: string): SimAnswer =>
  json(status, {
    error: {
      code: 'Base.1.0.GeneralError',
      message: 'A general error has occurred. See ExtendedInfo for more information.',
      '@Message.ExtendedInfo': [
        {
          MessageId: messageId,
          RelatedProperties: [],
          Message: message,
          MessageArgs: [],
          Severity: 'Critical',
          Resolution: 'Retry the operation.',
        },
      ],
    },
  });

const guard = ({ request, state, context }: Routed<OpenManageState>): SimAnswer | undefined =>
  (request.method === 'POST' && request.path === '/api/SessionService/Sessions') ||
  isGoodToken(state.sessions, request.headers['x-auth-token'], context.now())
    ? undefined
    : problem(401, 'CUSR1233', 'Unable to process the request because the user is not authenticated.');

const Login = z.strictObject({ UserName: z.string(), Password: z.string(), SessionType: z.literal('API') });
const logIn = ({ request, state, context }: Routed<OpenManageState>): SimAnswer => {
  const body = Login.safeParse(request.body);
  if (
    !body.success ||
    body.data.UserName !== openmanageAccount.username ||
    body.data.Password !== openmanageAccount.password
  )
    return problem(401, 'CUSR1233', 'Invalid credentials.');
  const token = issueToken(state.sessions, context.now(), 1800);
  return json(
    201,
    { '@odata.type': '#SessionService.Session', Id: token.slice(0, 12), UserName: body.data.UserName },
    { 'X-Auth-Token': token },
  );
};

/** `Field eq 'text'` or `Field eq 5`; pages as small as the appliance's. */
function page({ request }: Routed<OpenManageState>, items: readonly Record<string, unknown>[]): SimAnswer {
  const filter = request.query.get('$filter');
  const [, field, text, number] = /^(\w+) eq (?:'([^']*)'|(\d+))$/.exec(filter ?? '') ?? [];
  if (filter !== null && field === undefined)
    return problem(400, 'CGEN1003', 'Unable to process the request because the filter is invalid.');
  const chosen = items.filter((item) => field === undefined || String(item[field]) === (text ?? number));
  const skip = Number(request.query.get('$skip') ?? 0);
  const hasMore = skip + pageSize < chosen.length;
  const query = new URLSearchParams(request.query);
  query.set('$skip', String(skip + pageSize));
  return json(200, {
    '@odata.context': '/api/$metadata',
    '@odata.count': chosen.length,
    value: chosen.slice(skip, skip + pageSize),
    ...(hasMore && { '@odata.nextLink': `${request.path}?${query}` }),
  });
}

function beginJob(
  context: SimContext<OpenManageState>,
  kind: string,
  seconds: number,
  payload: Record<string, unknown>,
): number {
  const id = context.state.nextId++;
  context.state.jobs[id] = 2050;
  const planned = context.state.nextJobEnds;
  context.state.nextJobEnds = null;
  context.later(planned === null ? kind : 'end', seconds, {
    ...payload,
    job: id,
    ...(planned !== null && { status: planned }),
  });
  return id;
}

const Discovery = z.object({
  DiscoveryConfigGroupName: z.string().min(1),
  DiscoveryConfigModels: z
    .array(
      z.object({
        DiscoveryConfigTargets: z.array(z.object({ NetworkAddressDetail: z.string().min(1) })).min(1),
        ConnectionProfile: z.string(),
        DeviceType: z.array(z.literal(1000)),
      }),
    )
    .min(1),
  Schedule: z.object({ RunNow: z.boolean(), Cron: z.literal('startnow') }),
});
const ConnectionProfile = z.object({
  type: z.literal('DISCOVERY'),
  credentials: z
    .array(
      z.object({
        type: z.enum(['WSMAN', 'REDFISH']),
        credentials: z.object({ username: z.string(), password: z.string(), port: z.number().int() }),
      }),
    )
    .min(1),
});

const discover = ({ request, state, context }: Routed<OpenManageState>): SimAnswer => {
  const body = Discovery.safeParse(request.body);
  const [model] = body.data?.DiscoveryConfigModels ?? [];
  const profile = ConnectionProfile.safeParse(readJson(model?.ConnectionProfile));
  const credentials = profile.data?.credentials[0]?.credentials;
  if (!body.success || !model || !credentials)
    return problem(400, 'CGEN1004', 'Unable to complete the request because the discovery is incomplete.');
  const name = body.data.DiscoveryConfigGroupName;
  if (state.groups.some((group) => group.Name === name))
    return problem(400, 'CDSC1005', `A discovery with the name ${name} already exists.`);
  const address = model.DiscoveryConfigTargets[0]?.NetworkAddressDetail ?? '';
  const job = beginJob(context, 'discovered', discoverySeconds, {
    host: credentials.port === 443 ? address : `${address}:${credentials.port}`,
    username: credentials.username,
    password: credentials.password,
  });
  const group = { Id: state.nextId++, Name: name, TaskId: job };
  state.groups.push(group);
  context.effect('discovery begun', `${name} job ${job}`);
  return json(201, groupView(group));
};
const readJson = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
};
const groupView = ({ Id, Name, TaskId }: OpenManageState['groups'][number]) => ({
  DiscoveryConfigGroupId: Id,
  DiscoveryConfigGroupName: Name,
  DiscoveryConfigGroupDescription: '',
  CreateGroup: true,
  DiscoveryConfigTaskParam: [{ TaskId, TaskTypeId: 0, ExecutionSequence: 0 }],
  DiscoveryConfigTasks: [],
});
const deviceView = ({ address, firmware: _firmware, ...device }: Device) => ({
  ...device,
  Type: 1000,
  Identifier: device.DeviceServiceTag,
  PowerState: 17,
  ManagedState: 3000,
  Status: 1000,
  ConnectionState: true,
  DeviceName: `idrac-${device.DeviceServiceTag}`,
  DeviceManagement: [{ NetworkAddress: address, ManagementType: 2 }],
});

const deploy = ({ request, state, context }: Routed<OpenManageState>): SimAnswer => {
  const body = z.object({ Id: z.number().int(), TargetIds: z.tuple([z.number().int()]) }).safeParse(request.body);
  const template = state.templates.find(({ Id }) => Id === body.data?.Id);
  const device = state.devices.find(({ Id }) => Id === body.data?.TargetIds[0]);
  if (!template || !device)
    return problem(400, 'CTEM1018', 'Unable to deploy the template because the template or the target does not exist.');
  if (state.profiles.some(({ TargetId, ProfileState }) => TargetId === device.Id && ProfileState > 0))
    return problem(400, 'CTEM1052', 'Unable to deploy: a profile is already assigned to the target.');
  const profileId = state.nextId++;
  const job = beginJob(context, 'deployed', deploySeconds, { profile: profileId });
  state.profiles.push({
    Id: profileId,
    ProfileName: `Profile from template '${template.Name}' ${profileId}`,
    TemplateId: template.Id,
    TemplateName: template.Name,
    TargetId: device.Id,
    ProfileState: 1,
    DeploymentTaskId: job,
  });
  context.effect('profile applied', device.DeviceServiceTag);
  return json(200, job);
};

const ids = (field: string, { request }: Routed<OpenManageState>): number[] =>
  z.object({ [field]: z.array(z.number().int()) }).safeParse(request.body).data?.[field] ?? [];

const firmwareReports = (call: Routed<OpenManageState>): SimAnswer =>
  page(
    call,
    call.state.devices.map((device) => ({
      Id: device.Id,
      DeviceId: device.Id,
      ServiceTag: device.DeviceServiceTag,
      DeviceModel: device.Model,
      ComplianceStatus: 'OK',
      ComponentComplianceReports: baselineFirmware.map(({ Name, Version }) => {
        const installed = device.firmware.find((each) => each.Name === Name)?.CurrentVersion ?? Version;
        return {
          Name,
          Version,
          CurrentVersion: installed,
          UpdateAction: installed === Version ? 'EQUAL' : 'UPGRADE',
          ComplianceStatus: installed === Version ? 'OK' : 'CRITICAL',
          Criticality: 'Recommended',
          RebootRequired: true,
        };
      }),
    })),
  );

interface Discovered {
  host: string;
  username: string;
  password: string;
  job: number;
}
const discoveredJob =
  (visit: VisitBmc) =>
  async (
    { host, username, password, job }: Discovered,
    { state, effect }: SimContext<OpenManageState>,
  ): Promise<void> => {
    try {
      const { serial, model } = await visit(host, username, password);
      if (state.devices.some(({ DeviceServiceTag }) => DeviceServiceTag === serial)) return;
      state.devices.push({
        Id: state.nextId++,
        DeviceServiceTag: serial,
        Model: model,
        address: host,
        firmware: baselineFirmware.map(({ Name, Version }) => ({ Name, CurrentVersion: Version })),
      });
      effect('server registered', serial);
    } catch {
      // Nobody found, or not let in: a discovery ends well all the same, and tells so only in its history.
    } finally {
      state.jobs[job] = 2060;
    }
  };

/** `visit` stands for the appliance's own way to a BMC; tests without BMCs bring their own. */
export const createOpenManageSimulator = (visit: VisitBmc = visitBmc): Simulator<OpenManageState> => ({
  name: 'openmanage',
  initialState: () => ({
    sessions: {},
    nextId: 10_001,
    devices: [],
    groups: [],
    jobs: {},
    templates: [
      { Id: 21, Name: 'rackline-standard' },
      { Id: 22, Name: 'rackline-dense' },
    ],
    profiles: [],
    nextJobEnds: null,
  }),
  handle: routes<OpenManageState>(
    {
      'POST /api/SessionService/Sessions': logIn,
      'GET /api/DeviceService/Devices': (call) => page(call, call.state.devices.map(deviceView)),
      'POST /api/DeviceService/Actions/DeviceService.RemoveDevices': (call) => {
        const gone = ids('DeviceIds', call);
        for (const { Id, DeviceServiceTag } of call.state.devices) {
          if (!gone.includes(Id)) continue;
          call.context.takeBack('server registered', DeviceServiceTag);
          call.context.takeBack('profile applied', DeviceServiceTag);
        }
        call.state.devices = call.state.devices.filter(({ Id }) => !gone.includes(Id));
        call.state.profiles = call.state.profiles.filter(({ TargetId }) => !gone.includes(TargetId));
        return empty(204);
      },
      'GET /api/DiscoveryConfigService/DiscoveryConfigGroups': (call) => page(call, call.state.groups.map(groupView)),
      'POST /api/DiscoveryConfigService/DiscoveryConfigGroups': discover,
      'POST /api/DiscoveryConfigService/Actions/DiscoveryConfigService.RemoveDiscoveryGroup': (call) => {
        const gone = ids('DiscoveryGroupIds', call);
        call.state.groups = call.state.groups.filter(({ Id }) => !gone.includes(Id));
        return empty(204);
      },
      'GET /api/JobService/Jobs(:id)': ({ state, params }) => {
        const status = state.jobs[Number(params['id'])];
        return status === undefined
          ? problem(404, 'CGEN6002', 'The job does not exist.')
          : json(200, {
              Id: Number(params['id']),
              JobName: 'lab',
              LastRunStatus: { '@odata.type': '#JobService.JobStatus', Id: status, Name: String(status) },
            });
      },
      'GET /api/TemplateService/Templates': (call) => page(call, call.state.templates),
      'POST /api/TemplateService/Actions/TemplateService.Deploy': deploy,
      'GET /api/TemplateService/Baselines': (call) =>
        page(
          call,
          call.state.templates.map(({ Id, Name }) => ({
            Id: Id + 100,
            Name: `Compliance of ${Name}`,
            TemplateId: Id,
            TemplateName: Name,
          })),
        ),
      'GET /api/TemplateService/Baselines(:id)/DeviceConfigComplianceReports': (call) =>
        page(
          call,
          call.state.profiles
            .filter(({ TemplateId }) => TemplateId + 100 === Number(call.params['id']))
            .map(({ TargetId, ProfileState }) => ({ Id: TargetId, ComplianceStatus: ProfileState === 4 ? 1 : 3 })),
        ),
      'GET /api/ProfileService/Profiles': (call) =>
        page(
          call,
          call.state.profiles.map((profile) => ({ ...profile })),
        ),
      'POST /api/ProfileService/Actions/ProfileService.UnassignProfiles': (call) => {
        for (const profile of call.state.profiles) {
          if (!ids('ProfileIds', call).includes(profile.Id)) continue;
          call.context.takeBack(
            'profile applied',
            call.state.devices.find(({ Id }) => Id === profile.TargetId)?.DeviceServiceTag ?? '',
          );
          Object.assign(profile, { ProfileState: 0, TargetId: 0 });
        }
        return json(200, beginJob(call.context, 'end', 60, { status: 2060 }));
      },
      'GET /api/UpdateService/Baselines': (call) =>
        page(call, [{ Id: 7, Name: 'rackline-firmware', CatalogId: 3, RepositoryId: 2, DowngradeEnabled: true }]),
      'GET /api/UpdateService/Baselines(:id)/DeviceComplianceReports': firmwareReports,
    },
    guard,
  ),
  jobs: {
    discovered: discoveredJob(visit),
    deployed: ({ profile: id, job }: { profile: number; job: number }, { state }) => {
      const profile = state.profiles.find((each) => each.Id === id && each.ProfileState > 0);
      if (profile) profile.ProfileState = 4;
      state.jobs[job] = profile ? 2060 : 2070;
    },
    end: ({ job, status, profile: failed }: { job: number; status: number; profile?: number }, { state, takeBack }) => {
      state.jobs[job] = status;
      const target = state.profiles.find(({ Id }) => Id === failed)?.TargetId;
      if (target !== undefined)
        takeBack('profile applied', state.devices.find(({ Id }) => Id === target)?.DeviceServiceTag ?? '');
      state.profiles = state.profiles.filter(({ Id }) => Id !== failed);
    },
  },
  holdings: (state) => ({
    registrations: state.devices.map(({ DeviceServiceTag }) => DeviceServiceTag).sort(),
    discoveries: state.groups.map(({ Name }) => Name).sort(),
    profiles: state.profiles
      .filter(({ ProfileState }) => ProfileState > 0)
      .map(({ TargetId }) => state.devices.find(({ Id }) => Id === TargetId)?.DeviceServiceTag ?? '')
      .sort(),
  }),
});
