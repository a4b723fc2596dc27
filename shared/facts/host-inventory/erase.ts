import { z } from 'zod';
import type { EraseCapability, EraseMethod } from '../server.ts';
import { unreadable } from './unreadable.ts';

const Controller = z.object({
  oacs: z.number().int(),
  fna: z.number().int().optional(),
  sanicap: z.number().int().optional(),
});

/** By `nvme id-ctrl -o json`: bits of SANICAP, OACS and FNA (NVM Express base specification, Identify Controller). */
export function readNvmeErase(output: string): EraseCapability {
  let parsed: z.infer<typeof Controller>;
  try {
    parsed = Controller.parse(JSON.parse(output));
  } catch (cause) {
    throw unreadable('nvme id-ctrl', 'it is not the JSON that this tool writes', output, cause);
  }
  const { oacs, fna = 0, sanicap = 0 } = parsed;
  const canFormat = (oacs & 0b10) !== 0;
  const offered: [boolean, EraseMethod][] = [
    [(sanicap & 0b10) !== 0, 'nvme-sanitize-block'],
    [(sanicap & 0b1) !== 0, 'nvme-sanitize-crypto'],
    [canFormat && (fna & 0b100) !== 0, 'nvme-format-crypto'],
    [canFormat, 'nvme-format-user-data'],
  ];
  return { methods: offered.flatMap(([isOffered, method]) => (isOffered ? [method] : [])) };
}

/** By the security section of `hdparm -I` (ATA Command Set, SECURITY ERASE UNIT). */
export function readHdparmErase(output: string): EraseCapability {
  if (!/^\/dev\//m.test(output)) throw unreadable('hdparm', 'it does not name the drive it looked at', output);
  const [, section = ''] = /^Security: *\n((?:[ \t].*\n?)*)/m.exec(output) ?? [];
  const is = (word: string) => new RegExp(`^[ \\t]+${word}\\b`, 'm').test(section);
  const methods: EraseMethod[] = [];
  if (/supported: enhanced erase/.test(section)) methods.push('ata-secure-erase-enhanced');
  if (/^[ \t]+supported[ \t]*$/m.test(section) || methods.length > 0) methods.push('ata-secure-erase');
  if (methods.length === 0) return { methods };
  return { methods, ...(is('locked') ? { blockedBy: 'locked' } : is('frozen') ? { blockedBy: 'frozen' } : {}) };
}
