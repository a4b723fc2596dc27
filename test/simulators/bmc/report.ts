import type { ServerFacts } from '../../../shared/facts.ts';
import { actualHardware } from './hardware.ts';
import type { Machine, ValidationReport } from './machine.ts';
import { profiles } from './profiles/index.ts';

/** What the validation image finds by dmidecode, lsblk, ip and LLDP, and posts. */
export function validationReport({ serial, record }: Machine): ValidationReport {
  const server = actualHardware(record.hardware, record.physicalFaults);
  const profile = typeof server.profile === 'string' ? profiles[server.profile] : undefined;
  const facts: ServerFacts = {
    source: 'validation-image',
    identity: { manufacturer: server.manufacturer, model: server.model, serial: server.serial, sku: server.sku, uuid: server.uuid },
    processors: server.processors.map((cpu, index) => ({ socket: `CPU${index + 1}`, ...cpu })),
    memory: { totalMiB: server.memory.reduce((sum, dimm) => sum + dimm.sizeMiB, 0), modules: server.memory.map((dimm) => ({ ...dimm })) },
    drives: server.drives.map((disk, index) => ({ name: disk.media === 'nvme' ? `nvme${index}n1` : `sd${String.fromCharCode(97 + index)}`, model: disk.model, serial: disk.serial, sizeBytes: disk.sizeBytes, media: disk.media, health: 'ok' })),
    networkPorts: server.networkPorts.map((port) => {
      const isLinkUp = server.cables.some((cable) => cable.localPort === port.name);
      return { name: port.name, mac: port.mac, isLinkUp, ...(isLinkUp && { speedMbps: port.speedMbps }) };
    }),
    firmware: [{ component: 'bios', name: 'BIOS', version: profile?.version('bios', record.firmware.bios.version) ?? record.firmware.bios.version }],
    neighbours: server.cables.filter((cable) => server.networkPorts.some((port) => port.name === cable.localPort)).map((cable) => ({
      localPort: cable.localPort, systemName: cable.switchName, portId: cable.switchPort,
    })),
  };
  return { datacenter: server.datacenter, serial, bootMac: server.networkPorts[0]?.mac, facts };
}
