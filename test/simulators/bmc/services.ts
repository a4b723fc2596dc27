import type { FirmwareItem, Profile } from './profiles/profile.ts';
import { collection, healthy, link, resource, service } from './resource.ts';
import type { BmcRecord } from './state.ts';
import type { Resource } from './tree.ts';

/** Update, account, session and task services, the reset's ActionInfo, and the BMC's log. Their members with a state are served live. */
export function servicesOf(profile: Profile, record: BmcRecord, manager: string): Resource[] {
  const update = `${service}/UpdateService`;
  const log = `${manager}/LogServices/${profile.log}`;
  const system = `${service}/Systems/${profile.ids.system}`;
  return [
    resource(update, 'UpdateService.v1_9_0.UpdateService', {
      ServiceEnabled: true, Status: healthy, FirmwareInventory: link(`${update}/FirmwareInventory`),
      ...(profile.simpleUpdate && { Actions: { '#UpdateService.SimpleUpdate': {
        'target': `${update}/Actions/UpdateService.SimpleUpdate`,
        'TransferProtocol@Redfish.AllowableValues': profile.simpleUpdate.protocols,
        ...(profile.simpleUpdate.applyTimes && { '@Redfish.OperationApplyTimeSupport': { '@odata.type': '#Settings.v1_3_3.OperationApplyTimeSupport', 'SupportedValues': profile.simpleUpdate.applyTimes } }),
      } } }),
    }),
    ...collection(`${update}/FirmwareInventory`, 'SoftwareInventory', profile.firmware.flatMap((item) => inventoryOf(profile, item, record, update))),
    resource(`${service}/AccountService`, 'AccountService.v1_9_0.AccountService', {
      ServiceEnabled: true, MinPasswordLength: profile.passwordLength.min, MaxPasswordLength: profile.passwordLength.max,
      Accounts: link(`${service}/AccountService/Accounts`), Roles: link(`${service}/AccountService/Roles`),
    }),
    ...collection(`${service}/AccountService/Roles`, 'Role', ['Administrator', 'Operator', 'ReadOnly'].map((id) => resource(`${service}/AccountService/Roles/${id}`, 'Role.v1_3_0.Role', { IsPredefined: true, RoleId: id }))),
    resource(`${service}/SessionService`, 'SessionService.v1_1_8.SessionService', { ServiceEnabled: true, SessionTimeout: profile.sessionTimeout, Sessions: link(`${service}/SessionService/Sessions`) }),
    resource(`${service}/TaskService`, 'TaskService.v1_2_0.TaskService', { ServiceEnabled: true, Tasks: link(`${service}/TaskService/Tasks`) }),
    ...(profile.resetByActionInfo ? [resource(`${system}/ResetActionInfo`, 'ActionInfo.v1_1_2.ActionInfo', { Parameters: [{ Name: 'ResetType', Required: true, DataType: 'String', AllowableValues: profile.resetTypes }] })] : []),
    ...collection(`${manager}/LogServices`, 'LogService', [resource(log, 'LogService.v1_1_0.LogService', { Entries: link(`${log}/Entries`) })]),
    ...collection(`${log}/Entries`, 'LogEntry', record.log.map((entry) => resource(`${log}/Entries/${entry.id}`, 'LogEntry.v1_8_0.LogEntry', {
      EntryType: 'Event', Severity: entry.severity, Message: entry.message, Created: new Date(entry.at).toISOString(),
    }))),
  ];
}

/** Dell lists what runs as installed and again as current, and keeps the one before for going back. */
function inventoryOf(profile: Profile, item: FirmwareItem, record: BmcRecord, update: string): Resource[] {
  const now = item.component ? record.firmware[item.component] : undefined;
  const entry = (id: string, version: string) => resource(`${update}/FirmwareInventory/${id}`, 'SoftwareInventory.v1_4_0.SoftwareInventory', {
    Name: item.name, Version: version, Updateable: item.component !== undefined, Status: /backup/i.test(id) ? { State: 'StandbySpare', Health: 'OK' } : healthy,
    ...(item.description && { Description: item.description }), ...(item.softwareId && { SoftwareId: item.softwareId }),
  });
  const text = (version: string) => (item.component ? profile.version(item.component, version) : version);
  const version = text(now?.version ?? item.version ?? '');
  const id = item.id(version);
  const isListedThrice = id.startsWith('Installed-');
  return [
    entry(id, version),
    ...(isListedThrice && item.component === 'bios' ? [entry(id.replace('Installed-', 'Current-'), version)] : []),
    ...(isListedThrice && now?.previous ? [entry(item.id(text(now.previous)).replace('Installed-', 'Previous-'), text(now.previous))] : []),
  ];
}

/** Watts drawn and air temperature at the inlet, in the older resources, the newer ones or both. */
export function telemetryOf(profile: Profile, record: BmcRecord, chassis: string): Resource[] {
  const watts = record.host.power === 'Off' ? 14 : record.host.stage === 'os' ? 412 : 285;
  const inlet = record.host.power === 'Off' ? 19 : 23;
  const old = [
    resource(`${chassis}/Power`, 'Power.v1_6_0.Power', { PowerControl: [{ ...link(`${chassis}/Power#/PowerControl/0`), MemberId: '0', Name: 'System Power Control', PowerConsumedWatts: watts, PowerCapacityWatts: 1600 }] }),
    resource(`${chassis}/Thermal`, 'Thermal.v1_6_0.Thermal', { Temperatures: [
      { ...link(`${chassis}/Thermal#/Temperatures/0`), MemberId: '0', Name: 'CPU1 Temp', PhysicalContext: 'CPU', ReadingCelsius: inlet + 20, Status: healthy },
      { ...link(`${chassis}/Thermal#/Temperatures/1`), MemberId: '1', Name: 'System Board Inlet Temp', PhysicalContext: 'Intake', ReadingCelsius: inlet, Status: healthy },
    ] }),
  ];
  const recent = [
    resource(`${chassis}/EnvironmentMetrics`, 'EnvironmentMetrics.v1_3_0.EnvironmentMetrics', { PowerWatts: { Reading: watts } }),
    resource(`${chassis}/ThermalSubsystem`, 'ThermalSubsystem.v1_0_0.ThermalSubsystem', { ThermalMetrics: link(`${chassis}/ThermalSubsystem/ThermalMetrics`) }),
    resource(`${chassis}/ThermalSubsystem/ThermalMetrics`, 'ThermalMetrics.v1_0_0.ThermalMetrics', { TemperatureSummaryCelsius: { Intake: { Reading: inlet } } }),
  ];
  return profile.telemetry === 'old' ? old : profile.telemetry === 'new' ? recent : [...old, ...recent];
}
