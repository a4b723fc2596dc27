import { z } from 'zod';

/** What we read of Redfish (DMTF DSP0266, DSP2046) and no more. `null` and absent both mean: not known. */
const known = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? undefined);
const text = known(z.string());
const flag = known(z.boolean());
/** Some BMCs write numbers as text, or as a list of one; and `N/A` where there is none. */
const number = known(
  z.preprocess(
    (value) => {
      const one: unknown = Array.isArray(value) ? value[0] : value;
      if (typeof one !== 'string') return one ?? null;
      if (/^\s*(n\/?a|none|null|unknown|-*)\s*$/i.test(one)) return null;
      return Number.isFinite(Number(one)) ? Number(one) : one;
    },
    z.union([z.number(), z.null()]),
  ),
).transform((value) => value ?? undefined);

export const Link = z.object({ '@odata.id': z.string().min(1) });
export type Link = z.infer<typeof Link>;
const link = known(Link);
/** Some write `null` for an empty list, and a dangling `{}` for a missing member. */
const links = known(z.array(z.object({ '@odata.id': text }))).transform((all) =>
  (all ?? []).flatMap((each) => (each['@odata.id'] ? [{ '@odata.id': each['@odata.id'] }] : [])),
);

/**
 * A list of which each member is read for itself: one that is not as described costs the others nothing, and is
 * counted.
 */
const listed = <S extends z.ZodType>(schema: S) =>
  known(z.array(z.unknown())).transform((all) => {
    const read = (all ?? []).map((each) => schema.safeParse(each));
    return {
      read: read.flatMap((each) => (each.success ? [each.data] : [])),
      unread: read.filter((each) => !each.success).length,
    };
  });

const Status = known(z.object({ State: text, Health: text, HealthRollup: text }));
const ResetAction = known(
  z.object({
    target: z.string().min(1),
    'ResetType@Redfish.AllowableValues': known(z.array(z.string())),
    '@Redfish.ActionInfo': text,
  }),
);
export type ResetAction = z.infer<typeof ResetAction>;

export const ServiceRoot = z.object({
  RedfishVersion: text,
  Vendor: text,
  Product: text,
  Oem: known(z.record(z.string(), z.unknown())),
  Systems: link,
  Managers: link,
  Chassis: link,
  AccountService: link,
  UpdateService: link,
  Tasks: link,
  EventService: link,
  Registries: link,
  Links: known(z.object({ Sessions: link })),
  ProtocolFeaturesSupported: known(z.object({ ExpandQuery: known(z.object({ NoLinks: flag })) })),
});

export const Collection = z.object({ Members: known(z.array(z.unknown())), 'Members@odata.nextLink': text });

export const Boot = known(
  z.object({
    BootSourceOverrideEnabled: text,
    BootSourceOverrideTarget: text,
    BootSourceOverrideMode: text,
    'BootSourceOverrideTarget@Redfish.AllowableValues': known(z.array(z.string())),
  }),
);
const ApplyTimes = known(z.object({ SupportedValues: known(z.array(z.string())) }));
const Settings = known(z.object({ SettingsObject: link }));

export const ComputerSystem = z.object({
  Manufacturer: text,
  Model: text,
  SerialNumber: text,
  SKU: text,
  UUID: text,
  AssetTag: text,
  PowerState: text,
  BiosVersion: text,
  LastResetTime: text,
  Status: Status,
  Boot,
  '@Redfish.Settings': Settings,
  MemorySummary: known(z.object({ TotalSystemMemoryGiB: number })),
  LogServices: link,
  Oem: known(z.object({ Hpe: known(z.object({ SystemUsage: known(z.object({ CPUUtil: number })) })) })).catch(
    undefined,
  ),
  Processors: link,
  Memory: link,
  Storage: link,
  SimpleStorage: link,
  EthernetInterfaces: link,
  Links: known(z.object({ Chassis: links, ManagedBy: links })),
  Actions: known(z.object({ '#ComputerSystem.Reset': ResetAction })),
});
export type ComputerSystem = z.infer<typeof ComputerSystem>;
/** The pending copy of a system: only whether it takes a boot override matters. */
export const SystemSettings = z.object({ Boot });

export const ActionInfo = z.object({
  Parameters: known(z.array(z.object({ Name: text, AllowableValues: known(z.array(z.string())) }))),
});

export const Manager = z.object({
  Model: text,
  FirmwareVersion: text,
  LogServices: link,
  Actions: known(z.object({ '#Manager.Reset': ResetAction })),
});
export const Chassis = z.object({
  SerialNumber: text,
  Power: link,
  Thermal: link,
  EnvironmentMetrics: link,
  PowerSubsystem: link,
  ThermalSubsystem: link,
  Sensors: link,
  LogServices: link,
});

export const Processor = z.object({
  Id: text,
  Socket: text,
  Model: text,
  ProcessorType: text,
  TotalCores: number,
  TotalThreads: number,
  Status,
});
export type Processor = z.infer<typeof Processor>;
export const Memory = z.object({
  Id: text,
  Name: text,
  DeviceLocator: text,
  CapacityMiB: number,
  Manufacturer: text,
  PartNumber: text,
  SerialNumber: text,
  OperatingSpeedMhz: number,
  Status,
});
export type Memory = z.infer<typeof Memory>;
export const EthernetInterface = z.object({
  Id: text,
  Name: text,
  MACAddress: text,
  PermanentMACAddress: text,
  SpeedMbps: number,
  LinkStatus: text,
  EthernetInterfaceType: text,
  Links: known(z.object({ HostInterface: link })),
});
export type EthernetInterface = z.infer<typeof EthernetInterface>;

export const Storage = z.object({ Drives: links });
export const Drive = z.object({
  '@odata.id': z.string().min(1),
  Id: text,
  Name: text,
  Model: text,
  SerialNumber: text,
  CapacityBytes: number,
  MediaType: text,
  Protocol: text,
  Status,
  PhysicalLocation: known(z.object({ PartLocation: known(z.object({ ServiceLabel: text })) })),
  Actions: known(
    z.object({
      '#Drive.SecureErase': known(
        z.object({
          target: z.string().min(1),
          'SanitizationType@Redfish.AllowableValues': known(z.array(z.string())),
          '@Redfish.OperationApplyTimeSupport': ApplyTimes,
        }),
      ),
    }),
  ),
  Operations: known(z.array(z.object({ AssociatedTask: link }))),
  Links: known(z.object({ Volumes: links })),
});
export type Drive = z.infer<typeof Drive>;
export const SimpleStorage = z.object({
  Devices: known(z.array(z.object({ Name: text, Model: text, CapacityBytes: number, Status }))),
});
export const Volume = z.object({ '@odata.id': text, Name: text, VolumeType: text, RAIDType: text });
export type Volume = z.infer<typeof Volume>;

export const SoftwareInventory = z.object({
  Id: text,
  Name: text,
  Description: text,
  Version: text,
  Updateable: flag,
  SoftwareId: text,
  Status,
});
export type SoftwareInventory = z.infer<typeof SoftwareInventory>;
export const UpdateService = z.object({
  FirmwareInventory: link,
  Oem: known(
    z.object({
      Hpe: known(z.object({ State: text, FlashProgressPercent: number, Result: known(z.object({ MessageId: text })) })),
    }),
  ),
  Actions: known(
    z.object({
      '#UpdateService.SimpleUpdate': known(
        z.object({
          target: z.string().min(1),
          'TransferProtocol@Redfish.AllowableValues': known(z.array(z.string())),
          '@Redfish.OperationApplyTimeSupport': ApplyTimes,
        }),
      ),
    }),
  ),
});

export const TaskService = z.object({ Tasks: link });
const Messages = known(z.array(z.object({ Message: text, MessageId: text })));
/** A Task, or one of Dell's Jobs, which say much the same in other words. */
export const Task = z.object({
  '@odata.id': text,
  TaskState: text,
  TaskStatus: text,
  JobState: text,
  JobStatus: text,
  PercentComplete: number,
  StartTime: text,
  Messages,
  Payload: known(z.object({ TargetUri: text, JsonBody: text })),
  Oem: known(z.object({ Dell: known(z.object({ JobState: text })) })),
});
export type Task = z.infer<typeof Task>;

/** What a task of Drive.SecureErase was begun with, as the text that it keeps of the request. */
export const SecureEraseBody = z
  .string()
  .transform((body, context) => {
    try {
      return JSON.parse(body) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'is no JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.object({ SanitizationType: known(z.string().max(64)) }));

export const AccountService = z.object({ Accounts: link });
export const Account = z.object({
  '@odata.id': z.string().min(1),
  Id: text,
  UserName: text,
  RoleId: text,
  Enabled: flag,
});
export type Account = z.infer<typeof Account>;

const Reading = known(z.object({ Reading: number }));
const OldThresholds = {
  LowerThresholdFatal: number,
  LowerThresholdCritical: number,
  LowerThresholdNonCritical: number,
  UpperThresholdNonCritical: number,
  UpperThresholdCritical: number,
  UpperThresholdFatal: number,
};
/** The older resources: everything of one kind in one answer. */
export const Power = z.object({
  PowerControl: listed(z.object({ PhysicalContext: text, PowerConsumedWatts: number })),
  PowerSupplies: listed(
    z.object({
      Name: text,
      MemberId: text,
      FirmwareVersion: text,
      PowerInputWatts: number,
      PowerOutputWatts: number,
      LastPowerOutputWatts: number,
      LineInputVoltage: number,
      Status,
      Oem: known(z.object({ Huawei: known(z.object({ PowerInputWatts: number })) })).catch(undefined),
    }),
  ),
  Voltages: listed(z.object({ Name: text, MemberId: text, ReadingVolts: number, Status, ...OldThresholds })),
  // Totals where Fujitsu and Inspur put them.
  Oem: known(
    z.object({
      ts_fujitsu: known(z.object({ ChassisPowerConsumption: known(z.object({ CurrentPowerConsumptionW: number })) })),
      Public: known(z.object({ TotalPower: number })),
    }),
  ).catch(undefined),
});
export type Power = z.infer<typeof Power>;
export const Thermal = z.object({
  Temperatures: listed(
    z.object({ Name: text, MemberId: text, PhysicalContext: text, ReadingCelsius: number, Status, ...OldThresholds }),
  ),
  // FanName, CurrentReading and Units: iLO 4, and Redfish 1.0.
  Fans: listed(
    z.object({
      Name: text,
      FanName: text,
      MemberId: text,
      Reading: number,
      CurrentReading: number,
      ReadingUnits: text,
      Units: text,
      Status,
      ...OldThresholds,
    }),
  ),
});
export type Thermal = z.infer<typeof Thermal>;
export type OldThresholds = Pick<Thermal['Fans']['read'][number], keyof typeof OldThresholds>;

/** The newer ones, and a resource for each sensor. */
export const EnvironmentMetrics = z.object({
  PowerWatts: Reading,
  FanSpeedsPercent: listed(z.object({ DeviceName: text, DataSourceUri: text, Reading: number, SpeedRPM: number })),
});
export type EnvironmentMetrics = z.infer<typeof EnvironmentMetrics>;
export const PowerSubsystem = z.object({ PowerSupplies: link });
export const PowerSupply = z.object({ Id: text, Name: text, FirmwareVersion: text, Status, Metrics: link });
export type PowerSupply = z.infer<typeof PowerSupply>;
export const PowerSupplyMetrics = z.object({
  InputPowerWatts: Reading,
  OutputPowerWatts: Reading,
  InputVoltage: Reading,
});
export type PowerSupplyMetrics = z.infer<typeof PowerSupplyMetrics>;
export const ThermalSubsystem = z.object({ Fans: link, ThermalMetrics: link });
export const Fan = z.object({
  Id: text,
  Name: text,
  Status,
  SpeedPercent: known(z.object({ Reading: number, SpeedRPM: number })),
});
export type Fan = z.infer<typeof Fan>;
export const ThermalMetrics = z.object({
  TemperatureSummaryCelsius: known(z.object({ Intake: Reading })),
  TemperatureReadingsCelsius: listed(
    z.object({ DeviceName: text, PhysicalContext: text, DataSourceUri: text, Reading: number }),
  ),
});
export type ThermalMetrics = z.infer<typeof ThermalMetrics>;
export const Sensor = z.object({
  '@odata.id': text,
  Id: text,
  Name: text,
  PhysicalContext: text,
  Reading: number,
  ReadingType: text,
  ReadingUnits: text,
  SpeedRPM: number,
  Status,
  Thresholds: known(
    z.object({
      LowerFatal: Reading,
      LowerCritical: Reading,
      LowerCaution: Reading,
      UpperCaution: Reading,
      UpperCritical: Reading,
      UpperFatal: Reading,
    }),
  ),
});
export type Sensor = z.infer<typeof Sensor>;

export const LogService = z.object({ '@odata.id': text, Id: text, Entries: link });
/** `Created` may be missing, `0000-00-00…`, or count from a clock that was never set. */
export const LogEntry = z.object({
  '@odata.id': text,
  Id: text,
  Created: text,
  Severity: text,
  Message: text,
  MessageId: text,
  Resolution: text,
  EntryCode: text,
  Oem: known(
    z.object({
      Hpe: known(z.object({ Class: number, Code: number, RecommendedAction: text, Repaired: flag })).catch(undefined),
      Dell: known(z.object({ Category: text })).catch(undefined),
      Lenovo: known(z.object({ CommonEventID: text })).catch(undefined),
    }),
  ).catch(undefined),
});
export type LogEntry = z.infer<typeof LogEntry>;

/** Where a registry of messages can be read, and what it says to do about each. */
export const RegistryFile = z.object({ Registry: text, Location: listed(z.object({ Uri: text, Language: text })) });
export const MessageRegistry = z.object({ Messages: z.record(z.string(), z.object({ Resolution: text })) });

export const EventService = z.object({
  ServiceEnabled: flag,
  ServerSentEventUri: text,
  Subscriptions: link,
  EventTypesForSubscription: known(z.array(z.string())),
});
export const EventDestination = z.object({ '@odata.id': z.string().min(1), Destination: text, Context: text });
/** What a BMC tells of what happened (DSP2046 Event). Numbers may be missing, and are not needed. */
export const EventMessage = z.object({
  Context: text,
  Events: listed(
    z.object({
      EventType: text,
      EventTimestamp: text,
      Severity: text,
      MessageSeverity: text,
      Message: text,
      MessageId: text,
    }),
  ),
});
export type EventMessage = z.infer<typeof EventMessage>;

/** An error's body. ExtendedInfo may be a list, one object, or missing (DSP0266 says a list). */
const Message = z.object({
  MessageId: text,
  Message: text,
  Resolution: text,
  MessageArgs: known(z.array(z.unknown())).catch(undefined),
});
export const ErrorBody = z.object({
  error: z.object({
    code: text,
    message: text,
    '@Message.ExtendedInfo': z
      .union([z.array(Message), Message.transform((one) => [one])])
      .optional()
      .catch(undefined),
  }),
});
export const Session = z.object({ '@odata.id': text });
