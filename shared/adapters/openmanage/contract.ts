// Dell OpenManage Enterprise REST API. There is no published schema: these shapes are those of Dell's own Ansible
// modules and Terraform provider and of recorded bodies (OME 3.x, 4.x), and wait to be confirmed on an appliance.
import { z } from 'zod';

export const Session = z.object({ Id: z.string().min(1) });

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ value: z.array(item), '@odata.nextLink': z.string().nullish() });

export const Device = z.object({
  Id: z.number().int(),
  DeviceServiceTag: z.string().nullish(),
  Model: z.string().nullish(),
});

export const DiscoveryGroup = z.object({
  DiscoveryConfigGroupId: z.number().int(),
  DiscoveryConfigGroupName: z.string(),
  /** The job that runs it. Filled when it is created; some releases leave it out of lists. */
  DiscoveryConfigTaskParam: z.array(z.object({ TaskId: z.number().int() })).nullish(),
});
export type DiscoveryGroup = z.infer<typeof DiscoveryGroup>;

export const Job = z.object({
  Id: z.number().int(),
  LastRunStatus: z.object({ Id: z.number().int(), Name: z.string().nullish() }),
});
export type Job = z.infer<typeof Job>;

export const Template = z.object({ Id: z.number().int(), Name: z.string() });

export const Profile = z.object({
  Id: z.number().int(),
  TargetId: z.number().int().nullish(),
  TemplateId: z.number().int(),
  TemplateName: z.string().nullish(),
  /** 0 unassigned, 1 assigned, 4 deployed. */
  ProfileState: z.number().int(),
  DeploymentTaskId: z.number().int().nullish(),
});
export type Profile = z.infer<typeof Profile>;

/** The deploying action answers with the bare number of its job. */
export const JobId = z.coerce.number().int();

const ComponentReport = z.object({
  Name: z.string(),
  CurrentVersion: z.string().nullish(),
  Version: z.string().nullish(),
  /** EQUAL, UPGRADE, DOWNGRADE and a few that mean "cannot tell". */
  UpdateAction: z.string().nullish(),
});
export type ComponentReport = z.infer<typeof ComponentReport>;
/** Older releases put the components behind a link of their own. */
export const ComponentReports = z.object({ value: z.array(ComponentReport) });
export const FirmwareReport = z.object({
  ServiceTag: z.string().nullish(),
  ComponentComplianceReports: z.array(ComponentReport).nullish(),
  'ComponentComplianceReports@odata.navigationLink': z.string().nullish(),
});

export const FirmwareBaseline = z.object({ Id: z.number().int(), Name: z.string() });
export const ConfigurationBaseline = z.object({ Id: z.number().int(), TemplateId: z.number().int() });
/** 1 compliant, 2 not compliant, 3 not inventoried. */
export const ConfigurationReport = z.object({ Id: z.number().int(), ComplianceStatus: z.number().int() });
