import path from 'node:path';
import type { Netns } from './netns.ts';

export interface Neighbour {
  /** Says another port's name from now on, as if the cable had been plugged in there. */
  becomes(portName: string): Promise<void>;
}

/**
 * The far end of one cable: a real lldpd that speaks every second on one port, as a switch of that name with that port.
 */
export async function startNeighbour(
  lan: Netns,
  folder: string,
  { tap, switchName, portName }: { tap: string; switchName: string; portName: string },
): Promise<Neighbour> {
  const socket = path.join(folder, `${tap}.lldpd`);
  // what it is told before, it forgets
  await lan.start('lldpd', ['-d', '-u', socket, '-I', tap], { ready: /resume operations/ });
  const configure = (...words: string[]) => lan.run('lldpcli', '-u', socket, 'configure', ...words);
  const becomes = async (name: string) => void (await configure('ports', tap, 'lldp', 'portidsubtype', 'local', name));
  await configure('system', 'hostname', switchName);
  await configure('lldp', 'tx-interval', '1');
  await becomes(portName);
  return { becomes };
}
