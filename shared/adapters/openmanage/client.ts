import { z } from 'zod';
import { done, pending, refused, type Submitted } from '../../ports/outcome.ts';
import type { VendorTool } from '../../ports/vendor-tool.ts';
import { openAppliance, type OpenManageLogin } from './appliance.ts';
import {
  ComponentReports,
  ConfigurationBaseline,
  ConfigurationReport,
  Device,
  DiscoveryGroup,
  FirmwareBaseline,
  FirmwareReport,
  Job,
  JobId,
  Profile,
  Template,
} from './contract.ts';
import { groupNameOf, isAssigned, isDeployed, jobEnd, pathOf, selecting, toCompliance, toDiscovery } from './map.ts';

export interface OpenManageOptions extends OpenManageLogin {
  /** The name of the firmware baseline that counts; otherwise the first that has the server in it. */
  firmwareBaseline?: string;
}

const pollAfterSeconds = 15;

/**
 * Dell OpenManage Enterprise. A server is a device found by service tag; it comes in through a discovery named
 * after its serial, which is looked for before another is begun. Tickets are job numbers.
 */
export function createOpenManage(options: OpenManageOptions): VendorTool {
  const appliance = openAppliance(options);

  const findDevice = async (serial: string) =>
    (await appliance.list(selecting('api/DeviceService/Devices', `DeviceServiceTag eq '${serial}'`), Device)).find(
      (device) => device.DeviceServiceTag === serial,
    );
  const findGroup = async (serial: string) =>
    (await appliance.list('api/DiscoveryConfigService/DiscoveryConfigGroups', DiscoveryGroup)).find(
      (group) => group.DiscoveryConfigGroupName === groupNameOf(serial),
    );
  const findTemplate = async (name: string) =>
    (await appliance.list(selecting('api/TemplateService/Templates', `Name eq '${name}'`), Template)).find(
      (template) => template.Name === name,
    );
  /** The filter is not honoured by every release, so what comes is looked through once more. */
  const findProfile = async (deviceId: number) =>
    (await appliance.list(selecting('api/ProfileService/Profiles', `TargetId eq ${deviceId}`), Profile)).find(
      (profile) => profile.TargetId === deviceId && isAssigned(profile),
    );

  const act = async (path: string, body: unknown) =>
    void (await appliance.send({
      method: 'POST',
      path: `api/${path}`,
      body,
      answers: { 200: z.unknown(), 201: z.unknown(), 202: z.unknown(), 204: z.unknown() },
      repeatable: true,
    }));
  const removeGroup = (group: DiscoveryGroup) =>
    act('DiscoveryConfigService/Actions/DiscoveryConfigService.RemoveDiscoveryGroup', {
      DiscoveryGroupIds: [group.DiscoveryConfigGroupId],
    });
  const jobOf = (group: DiscoveryGroup) => group.DiscoveryConfigTaskParam?.[0]?.TaskId;

  const askJob = async (id: number | string) => {
    const { status, body } = await appliance.send({
      method: 'GET',
      path: `api/JobService/Jobs(${id})`,
      answers: { 200: Job, 404: z.unknown() },
    });
    return status === 200 ? jobEnd(body) : ({ end: 'failed', reason: `job ${id} is gone` } as const);
  };

  /** A discovery may end well without having found anything: only the device itself says so. */
  async function registration(
    serial: string,
    job: { end: 'done' } | { end: 'failed'; reason: string },
  ): Promise<Submitted> {
    if (await findDevice(serial)) return done({});
    return refused(
      job.end === 'failed'
        ? `OpenManage could not discover ${serial}: ${job.reason}.`
        : `OpenManage's discovery ended without finding ${serial}: look at its address and credentials.`,
    );
  }

  async function deployment(profile: Profile, template: z.infer<typeof Template>): Promise<Submitted> {
    if (profile.TemplateId !== template.Id)
      return refused(
        `The server carries a profile of the template ${profile.TemplateName ?? profile.TemplateId}. ` +
          'Remove that one first.',
      );
    if (isDeployed(profile) || !profile.DeploymentTaskId) return done({});
    const job = await askJob(profile.DeploymentTaskId);
    if (job.end === 'running')
      return pending({ ticket: String(profile.DeploymentTaskId), pollAfterSeconds, progress: job.progress });
    return job.end === 'done' ? done({}) : refused(`OpenManage could not deploy ${template.Name}: ${job.reason}.`);
  }

  async function reportedComponents(serial: string) {
    const baselines = (await appliance.list('api/UpdateService/Baselines', FirmwareBaseline)).filter(
      ({ Name }) => Name === (options.firmwareBaseline ?? Name),
    );
    for (const baseline of baselines) {
      const report = (
        await appliance.list(`api/UpdateService/Baselines(${baseline.Id})/DeviceComplianceReports`, FirmwareReport)
      ).find(({ ServiceTag }) => ServiceTag === serial);
      const link = report?.['ComponentComplianceReports@odata.navigationLink'];
      if (report?.ComponentComplianceReports) return report.ComponentComplianceReports;
      if (link)
        return (await appliance.send({ method: 'GET', path: pathOf(link), answers: { 200: ComponentReports } })).body
          .value;
    }
    return [];
  }

  /** What the configuration baseline of the profile's template says, where the company keeps one. */
  async function isCompliant(deviceId: number, profile: Profile): Promise<boolean> {
    const baseline = (await appliance.list('api/TemplateService/Baselines', ConfigurationBaseline)).find(
      ({ TemplateId }) => TemplateId === profile.TemplateId,
    );
    const reports = baseline
      ? await appliance.list(
          `api/TemplateService/Baselines(${baseline.Id})/DeviceConfigComplianceReports`,
          ConfigurationReport,
        )
      : [];
    const report = reports.find(({ Id }) => Id === deviceId);
    return isDeployed(profile) && (report === undefined || report.ComplianceStatus === 1);
  }

  return {
    product: 'openmanage',
    manages: (manufacturer) => /^dell/i.test(manufacturer),

    register: async ({ serial, bmcAddress, username, password, ticket }) => {
      const group = ticket === undefined ? await findGroup(serial) : undefined;
      const jobId = ticket ?? (group && jobOf(group));
      const job = jobId === undefined ? undefined : await askJob(jobId);
      if (job?.end === 'running') return pending({ ticket: String(jobId), pollAfterSeconds, progress: job.progress });
      if (job && ticket !== undefined) return registration(serial, job);
      if (await findDevice(serial)) return done({});
      // An earlier discovery that found nothing has its name; it may also carry an old password.
      if (group) await removeGroup(group);
      const { body } = await appliance.send({
        method: 'POST',
        path: 'api/DiscoveryConfigService/DiscoveryConfigGroups',
        body: toDiscovery({ serial, host: new URL(bmcAddress).host, username, password }),
        answers: { 201: DiscoveryGroup },
      });
      const begun = jobOf(body);
      return begun === undefined
        ? registration(serial, { end: 'done' })
        : pending({ ticket: String(begun), pollAfterSeconds });
    },
    unregister: async (serial) => {
      const group = await findGroup(serial);
      const jobId = group && jobOf(group);
      const job = jobId === undefined ? undefined : await askJob(jobId);
      // A discovery that is still running would bring the server back.
      if (job?.end === 'running') return pending({ ticket: String(jobId), pollAfterSeconds, progress: job.progress });
      const device = await findDevice(serial);
      if (device) await act('DeviceService/Actions/DeviceService.RemoveDevices', { DeviceIds: [device.Id] });
      if (group) await removeGroup(group);
      return done({});
    },
    isRegistered: async (serial) => (await findDevice(serial)) !== undefined,

    firmwareCompliance: async (serial) => toCompliance(await reportedComponents(serial)),

    applyProfile: async (serial, { template: templateName, ticket }) => {
      const template = await findTemplate(templateName);
      if (!template) return refused(`OpenManage has no template called ${templateName}.`);
      const device = await findDevice(serial);
      if (!device) return refused(`OpenManage knows no server with service tag ${serial}; register it first.`);
      const profile = await findProfile(device.Id);
      if (profile) return deployment(profile, template);
      const job = ticket === undefined ? undefined : await askJob(ticket);
      if (job?.end === 'running') return pending({ ticket: ticket ?? '', pollAfterSeconds, progress: job.progress });
      if (job)
        return refused(
          job.end === 'failed'
            ? `OpenManage could not deploy ${templateName}: ${job.reason}.`
            : `OpenManage ended the deployment of ${templateName}, but the server carries no profile.`,
        );
      const { body: jobId } = await appliance.send({
        method: 'POST',
        path: 'api/TemplateService/Actions/TemplateService.Deploy',
        body: { Id: template.Id, TargetIds: [device.Id] },
        answers: { 200: JobId },
      });
      return pending({ ticket: String(jobId), pollAfterSeconds });
    },
    readProfile: async (serial) => {
      const device = await findDevice(serial);
      const profile = device && (await findProfile(device.Id));
      return (
        profile && {
          template: profile.TemplateName ?? String(profile.TemplateId),
          isCompliant: await isCompliant(device.Id, profile),
        }
      );
    },
    removeProfile: async (serial) => {
      const device = await findDevice(serial);
      const profile = device && (await findProfile(device.Id));
      if (profile) await act('ProfileService/Actions/ProfileService.UnassignProfiles', { ProfileIds: [profile.Id] });
    },
  };
}
