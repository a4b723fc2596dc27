// What the tools in the validation image print on a simulated machine, in their own formats: as much as anybody reads.
import type { Cable, Disk, Nic, ServerHardware } from './hardware.ts';

export interface Installed {
  /** As the vendor writes it. */
  bios: string;
  nic: string;
  storage: string;
}

/** By the names that the image gives its outputs: `dmidecode`, `ethtool/eno1`, `smartctl/nvme0n1`. */
export function toolOutputs(server: ServerHardware, installed: Installed): Record<string, string> {
  const drives = server.drives.map((disk, index) => ({ ...disk, kname: kernelName(disk, index) }));
  const outputs: Record<string, string> = {
    dmidecode: dmidecode(server, installed.bios),
    lshw: lshw(server),
    lsblk: lsblk(drives),
    lldp: lldp(server),
  };
  for (const port of server.networkPorts) {
    const isCabled = server.cables.some(({ localPort }) => localPort === port.name);
    outputs[`ethtool/${port.name}`] = ethtool(port, isCabled, installed.nic);
    if (isCabled && port.speedMbps >= 10_000) outputs[`optics/${port.name}`] = optic(port, server.serial);
  }
  for (const drive of drives) {
    outputs[`smartctl/${drive.kname}`] = smartctl(drive, installed.storage);
    if (drive.media === 'nvme') outputs[`nvme-id-ctrl/${drive.kname}`] = nvmeIdCtrl(drive, installed.storage);
    else outputs[`hdparm/${drive.kname}`] = hdparm(drive);
  }
  return outputs;
}

export const kernelName = ({ media }: Disk, index: number): string =>
  media === 'nvme'
    ? `nvme${index}n1`
    : `sd${index < 26 ? '' : letter(Math.floor(index / 26) - 1)}${letter(index % 26)}`;
const letter = (index: number): string => String.fromCharCode(97 + index);

function dmidecode(
  { manufacturer, model, serial, uuid, sku, processors, memory }: ServerHardware,
  bios: string,
): string {
  let handle = 0;
  const structure = (type: number, title: string, fields: Record<string, string | number>) =>
    [
      `Handle 0x${(handle++).toString(16).toUpperCase().padStart(4, '0')}, DMI type ${type}, 48 bytes`,
      title,
      ...Object.entries(fields).map(([name, value]) => `\t${name}: ${value}`),
      '',
    ].join('\n');
  const array = `0x${(2).toString().padStart(4, '0')}`;
  return [
    '# dmidecode 3.4\nGetting SMBIOS data from sysfs.\nSMBIOS 3.5.0 present.\n',
    structure(0, 'BIOS Information', { Vendor: manufacturer, Version: bios, 'Release Date': '03/09/2026' }),
    structure(1, 'System Information', {
      Manufacturer: manufacturer,
      'Product Name': model,
      Version: 'Not Specified',
      'Serial Number': serial || 'Not Specified',
      UUID: uuid || 'Not Present',
      'SKU Number': sku || 'Not Specified',
    }),
    structure(16, 'Physical Memory Array', {
      Location: 'System Board Or Motherboard',
      Use: 'System Memory',
      'Number Of Devices': memory.length,
    }),
    ...processors.map(({ model: name, cores, threads }, index) =>
      structure(4, 'Processor Information', {
        'Socket Designation': `CPU${index + 1}`,
        Type: 'Central Processor',
        Version: name,
        Status: 'Populated, Enabled',
        'Core Count': cores,
        'Core Enabled': cores,
        'Thread Count': threads,
      }),
    ),
    ...memory.map((dimm) =>
      structure(17, 'Memory Device', {
        'Array Handle': array,
        Size: dimm.sizeMiB % 1024 === 0 ? `${dimm.sizeMiB / 1024} GB` : `${dimm.sizeMiB} MB`,
        'Form Factor': 'DIMM',
        Locator: dimm.slot,
        Manufacturer: dimm.manufacturer,
        'Serial Number': dimm.serial,
        'Part Number': dimm.partNumber,
        Speed: `${dimm.speedMtps} MT/s`,
        'Configured Memory Speed': `${dimm.speedMtps} MT/s`,
      }),
    ),
    structure(127, 'End Of Table', {}),
  ].join('\n');
}

/** The tree as `lshw -json` nests it; drives and ports hang below the bridge they are plugged into. */
function lshw({
  manufacturer,
  model,
  serial,
  uuid,
  sku,
  processors,
  memory,
  drives,
  networkPorts,
  cables,
}: ServerHardware): string {
  const board = {
    id: 'core',
    class: 'bus',
    children: [
      ...processors.map(({ model: product, cores, threads }, index) => ({
        id: `cpu:${index}`,
        class: 'processor',
        claimed: true,
        product,
        slot: `CPU${index + 1}`,
        configuration: { cores, threads },
      })),
      {
        id: 'memory',
        class: 'memory',
        size: memory.reduce((sum, { sizeMiB }) => sum + sizeMiB, 0) * 1_048_576,
        children: memory.map((dimm, index) => ({
          id: `bank:${index}`,
          class: 'memory',
          product: dimm.partNumber,
          vendor: dimm.manufacturer,
          serial: dimm.serial,
          slot: dimm.slot,
          size: dimm.sizeMiB * 1_048_576,
          clock: dimm.speedMtps * 1_000_000,
        })),
      },
      {
        id: 'pci',
        class: 'bridge',
        children: [
          ...networkPorts.map(({ name, mac, speedMbps }, index) => {
            const isLinkUp = cables.some(({ localPort }) => localPort === name);
            return {
              id: `network:${index}`,
              class: 'network',
              logicalname: name,
              serial: mac,
              businfo: `pci@0000:31:00.${index}`,
              ...(isLinkUp && { size: speedMbps * 1_000_000 }),
              configuration: { driver: 'ice', link: isLinkUp ? 'yes' : 'no' },
            };
          }),
          ...drives.map((disk, index) =>
            disk.media === 'nvme'
              ? {
                  id: `nvme:${index}`,
                  class: 'storage',
                  product: disk.model,
                  serial: disk.serial,
                  children: [
                    {
                      id: 'namespace',
                      class: 'disk',
                      logicalname: `/dev/${kernelName(disk, index)}`,
                      size: disk.sizeBytes,
                    },
                  ],
                }
              : {
                  id: `disk:${index}`,
                  class: 'disk',
                  product: disk.model,
                  serial: disk.serial,
                  logicalname: `/dev/${kernelName(disk, index)}`,
                  size: disk.sizeBytes,
                },
          ),
        ],
      },
    ],
  };
  return JSON.stringify({
    id: 'node',
    class: 'system',
    vendor: manufacturer,
    product: `${model} (${sku})`,
    serial,
    configuration: { sku, uuid },
    children: [board],
  });
}

/** There is no udev in the image: of a SATA drive lsblk knows neither serial number nor transport. */
const lsblk = (drives: readonly (Disk & { kname: string })[]) =>
  JSON.stringify({
    blockdevices: drives.map(({ kname, model, sizeBytes, media, serial }) => ({
      kname,
      model: model.slice(0, 40),
      size: sizeBytes,
      rota: media === 'hdd',
      type: 'disk',
      serial: media === 'nvme' ? serial : null,
      tran: media === 'nvme' ? 'nvme' : null,
    })),
  });

const ethtool = ({ name, mac, speedMbps }: Nic, isLinkUp: boolean, firmware: string) =>
  `Settings for ${name}:\n\tSupported ports: [ FIBRE ]\n\tSpeed: ` +
  `${isLinkUp ? `${speedMbps}Mb/s` : 'Unknown!'}\n\tDuplex: ` +
  `${isLinkUp ? 'Full' : 'Unknown! (255)'}\n\tLink detected: ${isLinkUp ? 'yes' : 'no'}\ndriver: ` +
  `ice\nversion: 6.1.0\nfirmware-version: ${firmware}\nbus-info: 0000:31:00.0\nPermanent address: ${mac}\n`;

/** SFF-8024 identifiers, by how fast the port is. */
function optic({ name, speedMbps }: Nic, serial: string): string {
  const identifier = speedMbps >= 100_000 ? '0x11 (QSFP28)' : speedMbps >= 40_000 ? '0x0d (QSFP+)' : '0x03 (SFP)';
  return (
    `\tIdentifier                                : ${identifier}\n\tVendor name                              ` +
    ` : FS\n\tVendor PN                                 : ${speedMbps / 1000}G-SR\n\tVendor SN               ` +
    `                  : ${serial}-${name}\n`
  );
}

const smartctl = ({ media, model, serial, sizeBytes }: Disk, firmware: string) =>
  [
    'smartctl 7.3 2022-02-28 r5338',
    '',
    '=== START OF INFORMATION SECTION ===',
    ...(media === 'nvme'
      ? [
          `Model Number:                       ${model}`,
          `Serial Number:                      ${serial}`,
          `Firmware Version:                   ${firmware}`,
          'Number of Namespaces:               1',
          `Namespace 1 Size/Capacity:          ${sizeBytes.toLocaleString('en-US')} [whole]`,
        ]
      : [
          `Device Model:     ${model}`,
          `Serial Number:    ${serial}`,
          `Firmware Version: ${firmware}`,
          `User Capacity:    ${sizeBytes.toLocaleString('en-US')} bytes [whole]`,
          `Rotation Rate:    ${media === 'hdd' ? '7200 rpm' : 'Solid State Device'}`,
          'ATA Version is:   ACS-4 (minor revision not indicated)',
        ]),
    '',
    '=== START OF READ SMART DATA SECTION ===',
    'SMART overall-health self-assessment test result: PASSED',
    '',
  ].join('\n');

/** Offers to sanitize and to format, with and without cryptography (bits of OACS, FNA and SANICAP). */
const nvmeIdCtrl = ({ model, serial, sizeBytes }: Disk, firmware: string) =>
  JSON.stringify({
    sn: serial.padEnd(20),
    mn: model.padEnd(40),
    fr: firmware,
    oacs: 0b10,
    fna: 0b100,
    sanicap: 0b11,
    tnvmcap: sizeBytes,
    unvmcap: 0,
  });

const hdparm = ({ media }: Disk) =>
  `\n/dev/sd:\n\nATA device, with non-removable media\nSecurity: \n\tMaster password revision code = ` +
  `65534\n\t\tsupported\n\tnot\tenabled\n\tnot\tlocked\n\tnot\tfrozen\n\tnot\texpired: security ` +
  `count\n${media === 'ssd' ? '\t\tsupported: enhanced erase\n' : ''}Checksum: correct\n`;

/** `lldpcli -f json0 show neighbors`: only ports on which somebody speaks. */
function lldp({ networkPorts, cables }: ServerHardware): string {
  const heard = networkPorts.flatMap(({ name }) => cables.filter(({ localPort }) => localPort === name));
  const value = (text: string) => [{ value: text }];
  const neighbour = ({ localPort, switchName, switchPort }: Cable, index: number) => ({
    name: localPort,
    via: 'LLDP',
    rid: String(index + 1),
    age: '0 day, 00:00:04',
    chassis: [{ name: value(switchName) }],
    port: [{ id: [{ type: 'ifname', value: switchPort }], ttl: value('120') }],
  });
  return JSON.stringify({ lldp: [{ interface: heard.map(neighbour) }] });
}
