import { isoTime } from '../../shared/kernel/clock.ts';
import { AppError } from '../../shared/kernel/errors/app-error.ts';
import { parse } from '../../shared/kernel/errors/parse.ts';
import { Lease } from './lease.ts';
import { circuitText } from './options.ts';

const heading = 'rackline-lease 1';

/**
 * Reads a file of a hook script: the heading, `name=value` lines, an empty line. `at` is in seconds since 1970; where
 * the script had no clock, the file's time (milliseconds) is used. `circuit` is bytes in hexadecimal, with colons, with
 * or without leading zeros. Throws an `invalid` AppError.
 */
export function readSpoolFile(text: string, writtenAt: number): Lease {
  const [first, ...lines] = text.trimEnd().split('\n');
  if (first !== heading)
    throw new AppError({
      code: 'dhcp.spool-unreadable',
      kind: 'invalid',
      publicMessage: `It does not begin with '${heading}'.`,
    });
  // Each name once: a second `mac=` could only come from a value that contained a line break.
  const fields = new Map<string, string>();
  for (const line of lines) {
    const at = line.indexOf('=');
    const name = line.slice(0, Math.max(at, 0));
    if (at < 1 || fields.has(name))
      throw new AppError({
        code: 'dhcp.spool-unreadable',
        kind: 'invalid',
        publicMessage: `It has a line that says nothing, or says it twice: '${line.slice(0, 80)}'.`,
      });
    fields.set(name, line.slice(at + 1));
  }
  const filled = (name: string) => fields.get(name) || undefined;
  const circuit = filled('circuit');
  const cltt = filled('at');
  return parse(
    Lease,
    {
      mac: padMac(filled('mac') ?? ''),
      address: filled('address'),
      circuitId: circuit === undefined ? undefined : circuitText(hexBytes(circuit)),
      hostname: filled('hostname'),
      vendorClass: filled('vendor-class'),
      at: isoTime(cltt === undefined ? writtenAt : timeOf(cltt)),
    },
    'spooled lease',
  );
}

/** ISC dhcpd writes `2:0:0:0:0:bb`. */
export const padMac = (mac: string): string =>
  mac
    .split(':')
    .map((part) => part.padStart(2, '0'))
    .join(':');

export function hexBytes(text: string): Uint8Array {
  const parts = text.split(':');
  if (!parts.every((part) => /^[0-9a-f]{1,2}$/i.test(part)))
    throw new AppError({
      code: 'dhcp.spool-unreadable',
      kind: 'invalid',
      publicMessage: `'${text.slice(0, 80)}' are no bytes in hexadecimal.`,
    });
  return Uint8Array.from(parts, (part) => parseInt(part, 16));
}

function timeOf(text: string): number {
  if (!/^\d{1,11}$/.test(text))
    throw new AppError({
      code: 'dhcp.spool-unreadable',
      kind: 'invalid',
      publicMessage: `'${text.slice(0, 80)}' is no time in seconds since 1970.`,
    });
  return Number(text) * 1000;
}
