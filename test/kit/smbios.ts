// SMBIOS 3 structures as bytes (DMTF DSP0134), for machines of QEMU that have to look like the ones that were bought.
import type { Cpu, Dimm } from '../simulators/bmc/hardware.ts';

interface Field {
  at: number;
  /** Bytes of a number; a text is one byte, its number among the structure's texts. */
  size?: 1 | 2 | 4;
  value: number | string;
}

function structure(type: number, length: number, handle: number, fields: readonly Field[]): Buffer {
  const formatted = Buffer.alloc(length);
  formatted.writeUInt8(type, 0);
  formatted.writeUInt8(length, 1);
  formatted.writeUInt16LE(handle, 2);
  const texts: string[] = [];
  for (const { at, size = 1, value } of fields)
    formatted.writeUIntLE(typeof value === 'number' ? value : texts.push(value), at, size);
  return Buffer.concat([
    formatted,
    Buffer.from(`${texts.map((text) => `${text}\0`).join('')}\0${texts.length === 0 ? '\0' : ''}`, 'latin1'),
  ]);
}

const unknown = 0xffff;

/** Type 4, as of SMBIOS 3.0. */
export const processor = ({ model, cores, threads }: Cpu, index: number): Buffer =>
  structure(4, 48, 0x0400 + index, [
    { at: 4, value: `CPU ${index + 1}` },
    { at: 5, value: 3 },
    { at: 6, value: 0xb3 },
    { at: 7, value: 'Intel(R) Corporation' },
    { at: 16, value: model },
    { at: 20, size: 2, value: 4000 },
    { at: 22, size: 2, value: 2100 },
    { at: 24, value: 0x41 },
    { at: 26, size: 2, value: unknown },
    { at: 28, size: 2, value: unknown },
    { at: 30, size: 2, value: unknown },
    { at: 35, value: cores },
    { at: 36, value: cores },
    { at: 37, value: threads },
    { at: 40, size: 2, value: 0xb3 },
    { at: 42, size: 2, value: cores },
    { at: 44, size: 2, value: cores },
    { at: 46, size: 2, value: threads },
  ]);

/** The handle that QEMU gives its physical memory array. */
const memoryArray = 0x1000;

/** Type 17, as of SMBIOS 2.8. A module of 32 GiB or more says its size in the extended field. */
export const memoryDevice = (
  { slot, sizeMiB, manufacturer, serial, partNumber, speedMtps }: Dimm,
  index: number,
): Buffer =>
  structure(17, 40, 0x1100 + index, [
    { at: 4, size: 2, value: memoryArray },
    { at: 6, size: 2, value: 0xfffe },
    { at: 8, size: 2, value: 72 },
    { at: 10, size: 2, value: 64 },
    { at: 12, size: 2, value: sizeMiB < 0x7fff ? sizeMiB : 0x7fff },
    { at: 14, value: 9 },
    { at: 16, value: slot },
    { at: 17, value: 'Bank 1' },
    { at: 18, value: 0x22 },
    { at: 19, size: 2, value: 0x80 },
    { at: 21, size: 2, value: speedMtps },
    { at: 23, value: manufacturer },
    { at: 24, value: serial },
    { at: 26, value: partNumber },
    { at: 27, value: 2 },
    { at: 28, size: 4, value: sizeMiB < 0x7fff ? 0 : sizeMiB },
    { at: 32, size: 2, value: speedMtps },
  ]);
