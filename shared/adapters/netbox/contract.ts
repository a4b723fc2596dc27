// NetBox REST API 4.2 and later (demo.netbox.dev/api/schema/). Choice fields are read as {value, label} and written
// plain.
import { z } from 'zod';

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ next: z.string().nullable(), results: z.array(item) });

const Named = z.object({ id: z.number().int(), name: z.string() });
const Slugged = Named.extend({ slug: z.string() });
const choice = z.object({ value: z.string() }).nullish();
const CustomFields = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((fields) => fields ?? {});

export const Site = Slugged.extend({ region: Slugged.nullish() });
export const Rack = Named.extend({ u_height: z.number() });
export const Manufacturer = Slugged;
export const DeviceRole = Slugged;
export const Tenant = Slugged;
export const DeviceType = z.object({
  id: z.number().int(),
  model: z.string(),
  u_height: z.number(),
  manufacturer: Slugged,
});

/** What every device of a type gets when it is made. Those of module types have no device type. */
const Template = Named.extend({ device_type: z.object({ id: z.number().int() }).nullish() });
export const InterfaceTemplate = Template.extend({ type: choice, mgmt_only: z.boolean().nullish() });
export const PowerPortTemplate = Template;
/** Of module bays and device bays alike. */
export const BayTemplate = Template;

export const Device = z.object({
  id: z.number().int(),
  name: z.string().nullable(),
  serial: z.string().nullish(),
  device_type: z.object({ id: z.number().int(), model: z.string() }),
  role: z.object({ slug: z.string() }),
  site: Slugged,
  rack: Named.nullish(),
  /** The lowest unit; a half for half-unit devices, null for what takes none. */
  position: z.number().nullish(),
  status: choice,
  tenant: Slugged.nullish(),
  oob_ip: z.object({ id: z.number().int() }).nullish(),
  custom_fields: CustomFields,
});
export type Device = z.infer<typeof Device>;

const Port = Named.extend({
  device: z.object({ id: z.number().int() }),
  cable: z.object({ id: z.number().int() }).nullish(),
  mark_connected: z.boolean().nullish(),
});
export const Interface = Port.extend({
  type: choice,
  enabled: z.boolean().nullish(),
  mgmt_only: z.boolean().nullish(),
  /** Kilobits per second, where somebody has set it. */
  speed: z.number().nullish(),
  description: z.string().nullish(),
  primary_mac_address: z.object({ id: z.number().int(), mac_address: z.string() }).nullish(),
});
export type Interface = z.infer<typeof Interface>;
export const PowerPort = Port.extend({ allocated_draw: z.number().nullish() });
export const PowerOutlet = Port;
export type Port = z.infer<typeof Port>;

export const MacAddress = z.object({
  id: z.number().int(),
  mac_address: z.string(),
  assigned_object_id: z.number().int().nullish(),
});
export type MacAddress = z.infer<typeof MacAddress>;

export const PowerFeed = z.object({
  rack: Named.nullish(),
  status: choice,
  type: choice,
  phase: choice,
  voltage: z.number(),
  amperage: z.number(),
  max_utilization: z.number(),
});
export type PowerFeed = z.infer<typeof PowerFeed>;

const Termination = z.object({
  object_type: z.string(),
  object_id: z.number().int(),
  object: z
    .object({ name: z.string(), device: z.object({ id: z.number().int(), name: z.string().nullish() }).optional() })
    .nullish(),
});
export type Termination = z.infer<typeof Termination>;
/**
 * A cable keeps standing when a device at its end is deleted; that end is then empty. `type`: `dac-passive`, `mmf-om4`
 * …
 */
export const Cable = z.object({
  id: z.number().int(),
  type: z.string().nullish(),
  status: choice,
  a_terminations: z.array(Termination),
  b_terminations: z.array(Termination),
});
export type Cable = z.infer<typeof Cable>;

export const Prefix = z.object({ id: z.number().int(), prefix: z.string() });
export const IpAddress = z.object({
  id: z.number().int(),
  address: z.string(),
  assigned_object_id: z.number().int().nullish(),
  custom_fields: CustomFields,
});
export type IpAddress = z.infer<typeof IpAddress>;

export const CustomField = z.object({ id: z.number().int(), name: z.string(), object_types: z.array(z.string()) });

/** `{field: ['complaint']}`, with `__all__` or `non_field_errors` for the whole. */
export const Complaints = z.record(z.string(), z.unknown());
export type Complaints = z.infer<typeof Complaints>;
