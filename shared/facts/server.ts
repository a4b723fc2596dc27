import { z } from 'zod';

/**
 * What a server says of itself, in our words, whatever said it: Redfish, dmidecode, lshw, LLDP or the
 * validation image. A source that does not know a fact leaves it out; it never guesses and never says 0.
 */
export const PowerState = z.enum(['on', 'off', 'changing', 'unknown']);
export type PowerState = z.infer<typeof PowerState>;
export const Health = z.enum(['ok', 'warning', 'critical', 'unknown']);
export type Health = z.infer<typeof Health>;

/** Lower-case, colon-separated. */
export const MacAddress = z
  .string()
  .transform((text) =>
    text
      .trim()
      .toLowerCase()
      .replace(/[^0-9a-f]/g, ''),
  )
  .pipe(
    z
      .string()
      .regex(/^[0-9a-f]{12}$/, 'must be twelve hexadecimal digits')
      .transform((hex) => hex.match(/../g)!.join(':')),
  );
export type MacAddress = z.infer<typeof MacAddress>;

export const Identity = z.object({
  manufacturer: z.string().optional(),
  model: z.string().optional(),
  /** What the vendor's paperwork and warranty call the machine: Dell's service tag, HPE's serial number. */
  serial: z.string().optional(),
  sku: z.string().optional(),
  uuid: z.string().optional(),
  assetTag: z.string().optional(),
});
export const Processor = z.object({
  socket: z.string(),
  model: z.string().optional(),
  cores: z.number().int().optional(),
  threads: z.number().int().optional(),
});
export const MemoryModule = z.object({
  slot: z.string(),
  sizeMiB: z.number().int(),
  manufacturer: z.string().optional(),
  partNumber: z.string().optional(),
  serial: z.string().optional(),
  speedMtps: z.number().int().optional(),
});
/** Ways a drive offers to erase itself, as the validation image's erase work names them; the strongest first. */
export const EraseMethod = z.enum([
  'nvme-sanitize-block',
  'nvme-sanitize-crypto',
  'nvme-format-crypto',
  'nvme-format-user-data',
  'ata-secure-erase-enhanced',
  'ata-secure-erase',
]);
export type EraseMethod = z.infer<typeof EraseMethod>;
export const EraseCapability = z.object({
  methods: z.array(EraseMethod),
  /** Why none of them will run now: a frozen ATA drive needs to lose power first, a locked one its password. */
  blockedBy: z.enum(['frozen', 'locked']).optional(),
});
export type EraseCapability = z.infer<typeof EraseCapability>;
export const Drive = z.object({
  name: z.string(),
  model: z.string().optional(),
  serial: z.string().optional(),
  sizeBytes: z.number().int().optional(),
  media: z.enum(['nvme', 'ssd', 'hdd']).optional(),
  health: Health.optional(),
  erase: EraseCapability.optional(),
});
export const NetworkPort = z.object({
  name: z.string(),
  mac: z.string().optional(),
  speedMbps: z.number().int().optional(),
  isLinkUp: z.boolean().optional(),
});
export const FirmwareComponent = z.object({
  component: z.enum(['bios', 'bmc', 'nic', 'storage', 'psu', 'cpld', 'other']),
  name: z.string(),
  version: z.string().optional(),
  isUpdateable: z.boolean().optional(),
});
/** A transceiver or cable as it describes itself (SFF-8472, SFF-8636, CMIS). */
export const Optic = z.object({
  port: z.string(),
  /** `SFP`, `QSFP28` … */
  kind: z.string().optional(),
  vendor: z.string().optional(),
  partNumber: z.string().optional(),
  serial: z.string().optional(),
  /** `LC`, `MPO 1x12`; `No separable connector` of a cable with its modules on it. */
  connector: z.string().optional(),
});
/** What LLDP heard on one physical port. */
export const Neighbour = z.object({
  localPort: z.string(),
  systemName: z.string().optional(),
  chassisId: z.string().optional(),
  portId: z.string().optional(),
  portDescription: z.string().optional(),
});

export const ServerFacts = z.object({
  source: z.enum(['redfish', 'dmidecode', 'lshw', 'lldp', 'validation-image']),
  identity: Identity,
  power: PowerState.optional(),
  health: Health.optional(),
  processors: z.array(Processor).optional(),
  memory: z.object({ totalMiB: z.number().int(), modules: z.array(MemoryModule) }).optional(),
  drives: z.array(Drive).optional(),
  networkPorts: z.array(NetworkPort).optional(),
  firmware: z.array(FirmwareComponent).optional(),
  neighbours: z.array(Neighbour).optional(),
  optics: z.array(Optic).optional(),
  /** What a source sent and nobody understood: the facts lack what it would have said. */
  unread: z.array(z.object({ output: z.string(), reason: z.string() })).optional(),
});
export type ServerFacts = z.infer<typeof ServerFacts>;
export type Drive = z.infer<typeof Drive>;
export type NetworkPort = z.infer<typeof NetworkPort>;
export type FirmwareComponent = z.infer<typeof FirmwareComponent>;
export type Neighbour = z.infer<typeof Neighbour>;
export type Optic = z.infer<typeof Optic>;

/** What a tenant orders, in the words of the specification's example: `2x Intel Xeon Gold 6530`, `512GB DDR5` … */
export const ServerConfig = z.object({
  cpu: z.string().trim().min(1),
  ram: z.string().trim().min(1),
  storage: z.string().trim().min(1),
  network: z.string().trim().min(1),
});
export type ServerConfig = z.infer<typeof ServerConfig>;

/** One machine as the vendor's ship notice promised it. */
export const ManifestItem = z.object({
  serial: z.string().min(1),
  model: z.string().min(1),
  manufacturer: z.string().min(1),
  bmcMac: z.string(),
  macs: z.array(z.string()).min(1),
  config: ServerConfig,
  /** Parts that the vendor names by their serial numbers; few do. */
  parts: z
    .array(z.object({ kind: z.enum(['memory', 'drive']), serial: z.string().min(1), place: z.string().optional() }))
    .optional(),
});
export type ManifestItem = z.infer<typeof ManifestItem>;
