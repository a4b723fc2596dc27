/**
 * MAC prefixes of hypervisors (IEEE registry). QEMU, Docker and many others use locally administered addresses anyway.
 */
const hypervisors = new Map([
  ['00:05:69', 'VMware'],
  ['00:0c:29', 'VMware'],
  ['00:1c:14', 'VMware'],
  ['00:50:56', 'VMware'],
  ['00:15:5d', 'Hyper-V'],
  ['00:16:3e', 'Xen'],
  ['00:1c:42', 'Parallels'],
  ['08:00:27', 'VirtualBox'],
  ['50:6b:8d', 'Nutanix'],
  ['bc:24:11', 'Proxmox'],
]);

export type MacOrigin =
  | { kind: 'physical' }
  | { kind: 'virtual'; reason: string }
  | { kind: 'impossible'; reason: string };

/** Whether a MAC belongs to a physical port. `mac` is lower-case with colons. */
export function originOfMac(mac: string): MacOrigin {
  const first = Number.parseInt(mac.slice(0, 2), 16);
  if (mac === '00:00:00:00:00:00' || (first & 1) !== 0)
    return { kind: 'impossible', reason: 'it is zero or a group address, not that of a single port' };
  const hypervisor = hypervisors.get(mac.slice(0, 8));
  if (hypervisor !== undefined)
    return { kind: 'virtual', reason: `${hypervisor} gives such addresses to virtual machines` };
  // IEEE 802: the second bit marks an address that software chose. Linux bonds and bridges use that of a port.
  return (first & 2) !== 0
    ? { kind: 'virtual', reason: 'it is locally administered: chosen by software, not burned in' }
    : { kind: 'physical' };
}
