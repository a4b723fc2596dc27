import { z } from 'zod';
import { count, known, said } from '../said.ts';
import type { Drive, FirmwareComponent } from '../server.ts';
import { unreadable } from './unreadable.ts';

const text = z.string().nullish().catch(undefined);
const bytes = z.coerce.number().int().positive().optional().catch(undefined);
const BlockDevices = z.object({
  blockdevices: z.array(
    z.object({
      name: text,
      kname: text,
      model: text,
      serial: text,
      type: text,
      tran: text,
      size: bytes,
      rota: z
        .union([z.boolean(), z.enum(['0', '1']).transform((digit) => digit === '1')])
        .optional()
        .catch(undefined),
    }),
  ),
});
const NvmeController = z.object({ sn: z.string(), mn: z.string(), tnvmcap: bytes });

/**
 * Whole drives of `lsblk -J -b -d -o KNAME,MODEL,SIZE,ROTA,TYPE,SERIAL,TRAN`: no partitions, RAM disks, loops or
 * floppies; a drive with two paths once.
 */
export function readLsblk(output: string): Drive[] {
  const { blockdevices } = parseJson('lsblk', BlockDevices, output);
  const seen = new Set<string>();
  return blockdevices.flatMap((device) => {
    const name = device.kname ?? device.name;
    const serial = said(device.serial);
    const isDrive =
      name && device.type === 'disk' && device.size !== undefined && !/^(ram|zram|loop|dm-|md|sr|fd)/.test(name);
    if (!isDrive || (serial && seen.has(serial))) return [];
    if (serial) seen.add(serial);
    const isNvme = device.tran === 'nvme' || name.startsWith('nvme');
    return [
      known<Drive>({
        name,
        serial,
        model: said(device.model),
        sizeBytes: device.size,
        media: isNvme ? 'nvme' : device.rota === undefined ? undefined : device.rota ? 'hdd' : 'ssd',
      }),
    ];
  });
}

/** One drive of `nvme id-ctrl -o json <device>` (NVM Express base specification, Identify Controller). */
export function readNvmeIdCtrl(output: string, name = 'nvme'): Drive {
  const controller = parseJson('nvme id-ctrl', NvmeController, output);
  return known<Drive>({
    name,
    media: 'nvme',
    model: said(controller.mn),
    serial: said(controller.sn),
    sizeBytes: controller.tnvmcap,
  });
}

/** One drive of `smartctl -i -H <device>`: ATA, SAS or NVMe. The only way to a drive behind a RAID controller. */
export function readSmartctl(output: string, name = 'drive'): Drive {
  const value = smartctlField(output);
  const serial = value('Serial Number');
  const model =
    value('Device Model', 'Model Number') ?? said([value('Vendor'), value('Product')].filter(Boolean).join(' '));
  if (!serial && !model) throw unreadable('smartctl', 'it names neither a model nor a serial number', output);
  const verdict = value('SMART overall-health self-assessment test result', 'SMART Health Status');
  return known<Drive>({
    name,
    model,
    serial,
    sizeBytes: count(value('User Capacity', 'Total NVM Capacity', 'Namespace 1 Size/Capacity')?.replaceAll(',', '')),
    media: smartctlMedia(output, value('Rotation Rate')),
    health: verdict === undefined ? undefined : /^(PASSED|OK)$/.test(verdict) ? 'ok' : 'critical',
  });
}

/** The firmware of the same output, or undefined where it names none. SAS calls it a revision. */
export function readSmartctlFirmware(output: string, name = 'drive'): FirmwareComponent | undefined {
  const version = smartctlField(output)('Firmware Version', 'Revision');
  return version === undefined ? undefined : { component: 'storage', name, version };
}

/** The first of these keys that the output gives a value; in whatever case, for SAS writes `Serial number`. */
const smartctlField =
  (output: string) =>
  (...keys: string[]): string | undefined =>
    keys.map((key) => said(new RegExp(`^${key}:[ \\t]+(.+)$`, 'im').exec(output)?.[1])).find(Boolean);

/**
 * smartctl names NVMe by its log page and a spindle by its speed; of an old disk that says neither, nothing is known.
 */
const smartctlMedia = (output: string, rotation: string | undefined): Drive['media'] =>
  /NVMe Log 0x|NVMe Version|Number of Namespaces/.test(output)
    ? 'nvme'
    : rotation === undefined
      ? undefined
      : /solid state/i.test(rotation)
        ? 'ssd'
        : 'hdd';

function parseJson<S extends z.ZodType>(tool: string, schema: S, output: string): z.infer<S> {
  try {
    return schema.parse(JSON.parse(output));
  } catch (cause) {
    throw unreadable(tool, 'it is not the JSON that this tool writes', output, cause);
  }
}
