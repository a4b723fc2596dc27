// HPE OneView REST API. There is no published schema: these shapes are those of HPE's own Python SDK and of recorded
// bodies (API 500 to 4600), and wait to be confirmed on an appliance.
import { z } from 'zod';

export const Version = z.object({ currentVersion: z.number().int(), minimumVersion: z.number().int() });
export const Session = z.object({ sessionID: z.string().min(1) });

export const membersOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ members: z.array(item).nullable(), nextPageUri: z.string().nullish() });

const link = z
  .string()
  .nullish()
  .transform((uri) => uri || undefined);

export const ServerHardware = z.object({
  uri: z.string().min(1),
  uuid: z.string().nullish(),
  serialNumber: z.string().trim(),
  /** Adding, Monitored, NoProfileApplied, ProfileApplied, Removing and a dozen more. */
  state: z.string(),
  serverProfileUri: link,
});
export type ServerHardware = z.infer<typeof ServerHardware>;

export const ProfileTemplate = z.object({ uri: z.string().min(1), name: z.string() });

export const ServerProfile = z.object({
  uri: z.string().min(1),
  name: z.string(),
  state: z.string().nullish(),
  /** Compliant, NonCompliant, Unknown. */
  templateCompliance: z.string().nullish(),
  serverProfileTemplateUri: link,
});
export type ServerProfile = z.infer<typeof ServerProfile>;

/** A profile as the template would make it: handed back as it came, with name and hardware filled in. */
export const NewProfile = z.record(z.string(), z.unknown());

export const Task = z.object({
  taskState: z.string(),
  percentComplete: z.number().nullish(),
  taskErrors: z.array(z.object({ errorCode: z.string().nullish(), message: z.string().nullish() })).nullish(),
});
export type Task = z.infer<typeof Task>;
/** In lists: what a task is about, named as it was when it began. */
export const ListedTask = z.object({
  associatedResource: z
    .object({ resourceName: z.string().nullish(), resourceCategory: z.string().nullish() })
    .nullish(),
});

/** What 202 comes with; the task itself is in the Location header, or here. */
export const Accepted = z.object({ uri: z.string().nullish() }).nullish().catch(null);

export const FirmwareBundle = z.object({ uri: z.string().min(1), releaseDate: z.string().nullish() });

export const FirmwareCompliance = z.object({
  componentMappingList: z.array(
    z.object({
      componentName: z.string(),
      installedVersion: z.string().nullish(),
      baselineVersion: z.string().nullish(),
      componentFirmwareUpdateRequired: z.boolean(),
    }),
  ),
});
