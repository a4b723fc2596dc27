import { z } from 'zod';

/** What we read of Redfish (DMTF DSP0266, DSP2046) and no more. `null` and absent both mean: not known. */
const known = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? undefined);
const text = known(z.string());
const flag = known(z.boolean());
/** Some BMCs write numbers as text, or as a list of one. */
const number = known(z.preprocess((value) => {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === 'string' && one.trim() !== '' && Number.isFinite(Number(one)) ? Number(one) : (one ?? null);
}, z.union([z.number(), z.null()]))).transform((value) => value ?? undefined);

export const Link = z.object({ '@odata.id': z.string().min(1) });
export type Link = z.infer<typeof Link>;
const link = known(Link);
/** Some write `null` for an empty list, and a dangling `{}` for a missing member. */
const links = known(z.array(z.object({ '@odata.id': text }))).transform((all) => (all ?? []).flatMap((each) => (each['@odata.id'] ? [{ '@odata.id': each['@odata.id'] }] : [])));

const Status = known(z.object({ State: text, Health: text, HealthRollup: text }));
const ResetAction = known(z.object({ 'target': z.string().min(1), 'ResetType@Redfish.AllowableValues': known(z.array(z.string())), '@Redfish.ActionInfo': text }));
export type ResetAction = z.infer<typeof ResetAction>;

export const ServiceRoot = z.object({
  RedfishVersion: text, Vendor: text, Product: text,
  Oem: known(z.record(z.string(), z.unknown())),
  Systems: link, Managers: link, Chassis: link, AccountService: link, UpdateService: link, Tasks: link,
  Links: known(z.object({ Sessions: link })),
  ProtocolFeaturesSupported: known(z.object({ ExpandQuery: known(z.object({ NoLinks: flag })) })),
});

export const Collection = z.object({ 'Members': known(z.array(z.unknown())), 'Members@odata.nextLink': text });

export const Boot = known(z.object({
  'BootSourceOverrideEnabled': text, 'BootSourceOverrideTarget': text, 'BootSourceOverrideMode': text,
  'BootSourceOverrideTarget@Redfish.AllowableValues': known(z.array(z.string())),
}));
const ApplyTimes = known(z.object({ SupportedValues: known(z.array(z.string())) }));
const Settings = known(z.object({ SettingsObject: link }));

export const ComputerSystem = z.object({
  'Manufacturer': text, 'Model': text, 'SerialNumber': text, 'SKU': text, 'UUID': text, 'AssetTag': text,
  'PowerState': text, 'BiosVersion': text, 'LastResetTime': text,
  'Status': Status, Boot, '@Redfish.Settings': Settings,
  'MemorySummary': known(z.object({ TotalSystemMemoryGiB: number })),
  'Processors': link, 'Memory': link, 'Storage': link, 'SimpleStorage': link, 'EthernetInterfaces': link,
  'Links': known(z.object({ Chassis: links, ManagedBy: links })),
  'Actions': known(z.object({ '#ComputerSystem.Reset': ResetAction })),
});
export type ComputerSystem = z.infer<typeof ComputerSystem>;
/** The pending copy of a system: only whether it takes a boot override matters. */
export const SystemSettings = z.object({ Boot });

export const ActionInfo = z.object({ Parameters: known(z.array(z.object({ Name: text, AllowableValues: known(z.array(z.string())) }))) });

export const Manager = z.object({ Model: text, FirmwareVersion: text, Actions: known(z.object({ '#Manager.Reset': ResetAction })) });
export const Chassis = z.object({ SerialNumber: text, Power: link, Thermal: link, EnvironmentMetrics: link, ThermalSubsystem: link });

export const Processor = z.object({ Id: text, Socket: text, Model: text, ProcessorType: text, TotalCores: number, TotalThreads: number, Status });
export type Processor = z.infer<typeof Processor>;
export const Memory = z.object({ Id: text, Name: text, DeviceLocator: text, CapacityMiB: number, Manufacturer: text, PartNumber: text, SerialNumber: text, OperatingSpeedMhz: number, Status });
export type Memory = z.infer<typeof Memory>;
export const EthernetInterface = z.object({
  Id: text, Name: text, MACAddress: text, PermanentMACAddress: text, SpeedMbps: number, LinkStatus: text, EthernetInterfaceType: text,
  Links: known(z.object({ HostInterface: link })),
});
export type EthernetInterface = z.infer<typeof EthernetInterface>;

export const Storage = z.object({ Drives: links });
export const Drive = z.object({
  '@odata.id': z.string().min(1), 'Id': text, 'Name': text, 'Model': text, 'SerialNumber': text, 'CapacityBytes': number, 'MediaType': text, 'Protocol': text, Status,
  'PhysicalLocation': known(z.object({ PartLocation: known(z.object({ ServiceLabel: text })) })),
  'Actions': known(z.object({ '#Drive.SecureErase': known(z.object({ 'target': z.string().min(1), 'SanitizationType@Redfish.AllowableValues': known(z.array(z.string())), '@Redfish.OperationApplyTimeSupport': ApplyTimes })) })),
  'Operations': known(z.array(z.object({ AssociatedTask: link }))),
  'Links': known(z.object({ Volumes: links })),
});
export type Drive = z.infer<typeof Drive>;
export const SimpleStorage = z.object({ Devices: known(z.array(z.object({ Name: text, Model: text, CapacityBytes: number, Status }))) });
export const Volume = z.object({ '@odata.id': text, 'Name': text, 'VolumeType': text, 'RAIDType': text });

export const SoftwareInventory = z.object({ Id: text, Name: text, Description: text, Version: text, Updateable: flag, SoftwareId: text, Status });
export type SoftwareInventory = z.infer<typeof SoftwareInventory>;
export const UpdateService = z.object({
  FirmwareInventory: link,
  Oem: known(z.object({ Hpe: known(z.object({ State: text, FlashProgressPercent: number, Result: known(z.object({ MessageId: text })) })) })),
  Actions: known(z.object({
    '#UpdateService.SimpleUpdate': known(z.object({
      'target': z.string().min(1),
      'TransferProtocol@Redfish.AllowableValues': known(z.array(z.string())),
      '@Redfish.OperationApplyTimeSupport': ApplyTimes,
    })),
  })),
});

export const TaskService = z.object({ Tasks: link });
const Messages = known(z.array(z.object({ Message: text, MessageId: text })));
/** A Task, or one of Dell's Jobs, which say much the same in other words. */
export const Task = z.object({
  '@odata.id': text, 'TaskState': text, 'TaskStatus': text, 'JobState': text, 'JobStatus': text, 'PercentComplete': number, 'StartTime': text, Messages,
  'Payload': known(z.object({ TargetUri: text, JsonBody: text })),
  'Oem': known(z.object({ Dell: known(z.object({ JobState: text })) })),
});
export type Task = z.infer<typeof Task>;

export const AccountService = z.object({ Accounts: link });
export const Account = z.object({ '@odata.id': z.string().min(1), 'Id': text, 'UserName': text, 'RoleId': text, 'Enabled': flag });
export type Account = z.infer<typeof Account>;

const Reading = known(z.object({ Reading: number }));
export const Power = z.object({ PowerControl: known(z.array(z.object({ PowerConsumedWatts: number }))) });
export const EnvironmentMetrics = z.object({ PowerWatts: Reading });
export const Thermal = z.object({ Temperatures: known(z.array(z.object({ Name: text, PhysicalContext: text, ReadingCelsius: number, Status }))) });
export const ThermalSubsystem = z.object({ ThermalMetrics: link });
export const ThermalMetrics = z.object({
  TemperatureSummaryCelsius: known(z.object({ Intake: Reading })),
  TemperatureReadingsCelsius: known(z.array(z.object({ DeviceName: text, PhysicalContext: text, Reading: number }))),
});

/** An error's body. ExtendedInfo may be a list, one object, or missing (DSP0266 says a list). */
const Message = z.object({ MessageId: text, Message: text, Resolution: text });
export const ErrorBody = z.object({
  error: z.object({
    'code': text, 'message': text,
    '@Message.ExtendedInfo': z.union([z.array(Message), Message.transform((one) => [one])]).optional().catch(undefined),
  }),
});
export const Session = z.object({ '@odata.id': text });
