import { actualHardware, type ServerHardware } from './hardware.ts';
import type { Machine } from './machine.ts';
import { profiles } from './profiles/index.ts';
import { toolOutputs } from './tool-outputs.ts';

/** The machine as its own operating system sees it, faults included. */
export const seenFromInside = ({ record }: Machine): ServerHardware =>
  actualHardware(record.hardware, record.physicalFaults);

/** The port it boots from: the first that has a cable; its firmware tries them in this order. */
export const bootMac = (machine: Machine): string | undefined => {
  const { networkPorts, cables } = seenFromInside(machine);
  return (networkPorts.find(({ name }) => cables.some(({ localPort }) => localPort === name)) ?? networkPorts[0])?.mac;
};

/** What the validation image posts: outputs of its tools, `rackline.inventory/1`. */
export function rawInventory(machine: Machine): unknown {
  const { record } = machine;
  const server = seenFromInside(machine);
  const profile = typeof server.profile === 'string' ? profiles[server.profile] : undefined;
  const { bios, nic, storage } = record.firmware;
  const outputs = toolOutputs(server, {
    bios: profile?.version('bios', bios.version) ?? bios.version,
    nic: nic.version,
    storage: storage.version,
  });
  return {
    format: 'rackline.inventory/1',
    bootMac: bootMac(machine) ?? '',
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, text]) => [name, Buffer.from(text).toString('base64')]),
    ),
  };
}
