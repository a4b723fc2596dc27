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
import { anyOf, known } from '../../shared/facts/said.ts';
import { MacAddress, type Drive, type ServerFacts } from '../../shared/facts/server.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import { outputsOf, type Outputs } from './collect.ts';

/** A parsed report of a server's validation image. */
export interface InventoryReport {
  /** The machine's serial number; undefined on boards without one: then `bootMac` identifies the machine. */
  serial: string | undefined;
  bootMac: MacAddress | undefined;
  facts: ServerFacts;
}

/**
 * Parses the body of the validation image's `POST …/inventory`. Throws `invalid` where it has not that form, or where
 * neither dmidecode nor lshw can be read: then the machine cannot be identified.
 */
export function receiveInventory(raw: unknown): InventoryReport {
  const outputs = outputsOf(raw);
  const dmi = outputs.read('dmidecode', readDmidecode);
  const lshw = outputs.read('lshw', readLshw);
  if (!dmi && !lshw) {
    throw new AppError({
      code: 'inventory.nothing-readable',
      kind: 'invalid',
      publicMessage:
        'The inventory has neither a readable output of dmidecode nor one of lshw. Look at the console of ' +
        'the server: the validation image says there which tool failed.',
      context: { unread: outputs.unread },
    });
  }
  const ports = outputs.readEach('ethtool', readEthtool);
  const drives = drivesOf(outputs, lshw?.drives);
  const facts = known<ServerFacts>({
    source: 'validation-image',
    // dmidecode reads the table itself; lshw fills in what it leaves open.
    identity: { ...lshw?.identity, ...dmi?.identity },
    processors: dmi?.processors ?? lshw?.processors,
    memory: dmi?.memory ?? lshw?.memory,
    drives: anyOf(drives),
    networkPorts: anyOf(ports.map(({ port }) => port)) ?? lshw?.networkPorts,
    firmware: anyOf([
      ...(dmi?.firmware ?? lshw?.firmware ?? []),
      ...ports.flatMap(({ firmware }) => firmware ?? []),
      ...outputs.readEach('smartctl', readSmartctlFirmware).flatMap((each) => each ?? []),
    ]),
    neighbours: outputs.read('lldp', (text) => readLldp(text))?.neighbours,
    optics: anyOf(outputs.readEach('optics', readOptic)),
    unread: anyOf(outputs.unread),
  });
  return {
    serial: facts.identity.serial,
    bootMac: MacAddress.safeParse(outputs.bootMac).data,
    facts,
  };
}

/**
 * The drives that the kernel sees, merged with what each says of itself: the kernel truncates models and may not know
 * serial numbers.
 */
function drivesOf(outputs: Outputs, fallback: readonly Drive[] | undefined): Drive[] {
  const listed = outputs.read('lsblk', readLsblk) ?? fallback ?? [];
  const own = new Map<string, Drive>();
  const note = (drive: Partial<Drive> & { name: string }) => own.set(drive.name, { ...own.get(drive.name), ...drive });
  [...outputs.readEach('nvme-id-ctrl', readNvmeIdCtrl), ...outputs.readEach('smartctl', readSmartctl)].forEach(note);
  outputs.readEach('nvme-id-ctrl', (text, name) => ({ name, erase: readNvmeErase(text) })).forEach(note);
  outputs.readEach('hdparm', (text, name) => ({ name, erase: readHdparmErase(text) })).forEach(note);
  // A drive with two paths has one serial number.
  const seen = new Set<string>();
  return listed.flatMap((drive) => {
    const whole = known<Drive>({
      ...drive,
      ...own.get(drive.name),
      sizeBytes: drive.sizeBytes ?? own.get(drive.name)?.sizeBytes,
    });
    if (whole.serial && seen.has(whole.serial)) return [];
    if (whole.serial) seen.add(whole.serial);
    return [whole];
  });
}
