/**
 * Prefixes that makers of hypervisors give their virtual machines (IEEE registry). QEMU's, Docker's and many others are
 * locally administered anyway.
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

/** Whether a MAC belongs to a port that one could go and touch. `mac` is lower-case with colons. */
export function originOfMac(mac: string): MacOrigin {
  const first = Number.parseInt(mac.slice(0, 2), 16);
  if (mac === '00:00:00:00:00:00' || (first & 1) !== 0)
    return { kind: 'impossible', reason: 'it is no address of a single port (zero, or a group)' };
  const hypervisor = hypervisors.get(mac.slice(0, 8));
  if (hypervisor !== undefined)
    return { kind: 'virtual', reason: `${hypervisor} gives such addresses to its machines` };
  // IEEE 802: the second bit says that software chose it. Linux bonds and bridges pass on a port's own.
  return (first & 2) !== 0
    ? { kind: 'virtual', reason: 'it is locally administered: chosen by software, not burned in' }
    : { kind: 'physical' };
}
