// Mutated outputs of lldpcli, dmidecode, lshw, lsblk, smartctl, nvme, hdparm and ethtool, and whole reports of the
// validation image, for everything that reads them.
//   node_modules/.bin/node test/fuzz/lldp.ts [inputs = 1000000] [seed = 1]
import { receiveInventory } from '../../edge/image-jobs/receive.ts';
import { readDmidecode } from '../../shared/facts/host-inventory/dmidecode.ts';
import {
  readLsblk,
  readNvmeIdCtrl,
  readSmartctl,
  readSmartctlFirmware,
} from '../../shared/facts/host-inventory/drives.ts';
import { readHdparmErase, readNvmeErase } from '../../shared/facts/host-inventory/erase.ts';
import { readEthtool, readOptic } from '../../shared/facts/host-inventory/ethtool.ts';
import { readLldp } from '../../shared/facts/host-inventory/lldp.ts';
import { readLshw } from '../../shared/facts/host-inventory/lshw.ts';
import { Drive, FirmwareComponent, NetworkPort, ServerFacts } from '../../shared/facts/server.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import * as built from '../unit/edge/image-jobs/image.ts';
import { runFuzz, type Target } from './harness.ts';
import { mutateJson, mutateText, type Random } from './mutate.ts';
import { recorded } from './recorded.ts';

const lldpOf = (name: string) => ({
  lldp: [
    {
      interface: [
        {
          name,
          via: 'LLDP',
          chassis: [{ id: [{ type: 'mac', value: '02:00:00:00:aa:01' }], name: [{ value: 'leaf-1' }] }],
          port: [{ id: [{ type: 'ifname', value: 'Ethernet1/1' }], descr: [{ value: 'to R12-U17' }] }],
        },
      ],
    },
  ],
});
const hdparm =
  '\n/dev/sda:\n\nSecurity: \n\tMaster password revision code = ' +
  '65534\n\t\tsupported\n\tnot\tenabled\n\tnot\tlocked\n\t\tfrozen\n\t\tsupported: enhanced ' +
  'erase\nChecksum: correct\n';
const optic = '\tIdentifier : 0x11 (QSFP28)\n\tVendor name : FS\n\tVendor PN : QSFP28-SR4\n\tVendor SN : F1\n';
const lshw = {
  id: 'node',
  class: 'system',
  product: 'R760',
  serial: 'ABC1234',
  configuration: { uuid: '4c4c' },
  children: [
    {
      id: 'core',
      class: 'bus',
      children: [
        {
          id: 'memory',
          class: 'memory',
          children: [{ id: 'bank:0', class: 'memory', slot: 'A1', size: 34359738368, clock: 4800000000 }],
        },
        { id: 'cpu:0', class: 'processor', product: 'Xeon', claimed: true, configuration: { cores: '32' } },
        {
          id: 'network',
          class: 'network',
          logicalname: 'eno1',
          serial: 'b4:45:06:00:00:01',
          businfo: 'pci@0',
          size: 25000000000,
          configuration: { link: 'yes' },
        },
        {
          id: 'nvme',
          class: 'storage',
          serial: 'N1',
          children: [{ id: 'namespace', class: 'disk', logicalname: '/dev/nvme0n1', size: 3840000000000 }],
        },
      ],
    },
  ],
};
const idCtrl = { sn: 'NV1', mn: 'CM7', tnvmcap: 3840e9, oacs: 2, fna: 4, sanicap: 3 };
const lsblk = {
  blockdevices: [
    { kname: 'sda', model: 'PM893', serial: 'S1', size: 480103981056, rota: false, type: 'disk', tran: 'sata' },
  ],
};

/** A kind of output: real ones and built ones, and what reads it. What is read has to be what our words allow. */
interface Kind {
  texts: string[];
  read(text: string): void;
}
const folder = (name: string) => recorded(`host-inventory/${name}`);
const both = (texts: string[], ...more: (string | object)[]) => [
  ...texts,
  ...more.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))),
];
const lldpTexts = both(
  folder('lldp'),
  lldpOf('eno1'),
  {
    lldp: {
      interface: {
        eno1: {
          chassis: { 'leaf-1': { id: { type: 'mac', value: '02:00:00:00:aa:01' } } },
          port: { id: { type: 'ifname', value: 'Ethernet1/1' } },
        },
      },
    },
  },
  'lldp.eno1.via=LLDP\nlldp.eno1.rid=1\nlldp.eno1.chassis.mac=02:00:00:00:aa:01\n' +
    'lldp.eno1.chassis.name=leaf-1\nlldp.eno1.port.ifname=Ethernet1/1\n',
  'Chassis ID TLV\n\tMAC: 02:00:00:00:aa:01\nPort ID TLV\n\tIfname: Ethernet1/1\nSystem Name ' +
    'TLV\n\tleaf-1\nEnd of LLDPDU TLV\n',
);
const lldp: Kind = {
  texts: lldpTexts,
  read: (text) => {
    ServerFacts.parse(readLldp(text, 'eno1'));
  },
};
const others: Kind[] = [
  {
    texts: both(folder('dmidecode'), built.dmidecode),
    read: (text) => {
      ServerFacts.parse(readDmidecode(text));
    },
  },
  {
    texts: both(
      folder('lshw'),
      lshw,
      '<?xml version="1.0"?><list><node id="node" class="system" ' +
        'claimed="true"><serial>A&amp;B</serial><node id="cpu" ' +
        'class="processor"><product>Xeon</product></node></node></list>',
    ),
    read: (text) => {
      ServerFacts.parse(readLshw(text));
    },
  },
  {
    texts: both([], lsblk),
    read: (text) => {
      for (const drive of readLsblk(text)) Drive.parse(drive);
    },
  },
  {
    texts: both(
      folder('storage-bmc').filter((text) => /smart/i.test(text)),
      built.smartctl('S1'),
    ),
    read: (text) => {
      Drive.parse(readSmartctl(text));
      FirmwareComponent.optional().parse(readSmartctlFirmware(text));
    },
  },
  {
    texts: both(
      folder('storage-bmc').filter((text) => text.includes('"oacs"')),
      idCtrl,
    ),
    read: (text) => {
      Drive.parse(readNvmeIdCtrl(text));
      readNvmeErase(text);
    },
  },
  {
    texts: [hdparm],
    read: (text) => {
      readHdparmErase(text);
    },
  },
  {
    texts: [built.ethtool('b4:45:06:00:00:01')],
    read: (text) => {
      NetworkPort.parse(readEthtool(text, 'eno1').port);
    },
  },
  {
    texts: [optic],
    read: (text) => {
      readOptic(text, 'eno1');
    },
  },
];
const report = built.posted({
  dmidecode: built.dmidecode,
  lshw,
  'ethtool/eno1': built.ethtool('b4:45:06:00:00:01'),
  'optics/eno1': optic,
  lldp: lldpOf('eno1'),
  lsblk,
  'smartctl/sda': built.smartctl('S1'),
  'hdparm/sda': hdparm,
  'nvme-id-ctrl/nvme0n1': idCtrl,
});
const reports: Kind = {
  texts: [JSON.stringify(report)],
  read: (text) => {
    ServerFacts.parse(receiveInventory(JSON.parse(text)).facts);
  },
};

/** Every second input is LLDP's; one in ten is a whole report. */
const kindOf = (random: Random): Kind =>
  random.below(2) === 0 ? lldp : random.below(5) === 0 ? reports : random.pick(others);
const parsed = new Map<string, unknown>();
for (const text of [lldp, reports, ...others].flatMap(({ texts }) => texts))
  if (/^\s*[{[]/.test(text)) parsed.set(text, JSON.parse(text));

export const target: Target<{ kind: Kind; text: string }> = {
  make: (random) => {
    const kind = kindOf(random);
    const text = random.pick(kind.texts);
    const asJson = parsed.get(text);
    // A change to the text of JSON mostly breaks it as a whole; a change to its values reaches what lies behind.
    return {
      kind,
      text:
        asJson !== undefined && (kind === reports || random.below(4) > 0)
          ? (JSON.stringify(mutateJson(asJson, random)) ?? 'null')
          : mutateText(text, random),
    };
  },
  read: ({ kind, text }) => kind.read(text),
  show: ({ text }) => text,
  isRefusal: (error) =>
    error instanceof AppError && (error.code === 'host-inventory.unreadable' || error.kind === 'invalid'),
};

if (import.meta.main) await runFuzz(import.meta.url);
