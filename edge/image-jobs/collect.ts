import { z } from 'zod';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import { parse } from '../../shared/kernel/errors/parse.ts';

/** No tool prints more than this about a server; base64 makes four characters of three bytes. */
const outputLimit = 4 * 1024 * 1024;

/** What the validation image posts: the tools' outputs as they are, base64, by `<tool>` or `<tool>/<port or drive>`. */
export const RawInventory = z.object({
  format: z.literal('rackline.inventory/1'),
  bootMac: z.string().max(64),
  outputs: z
    .record(z.string().max(100), z.base64().max((outputLimit / 3) * 4 + 4))
    .refine((all) => Object.keys(all).length <= 2000, 'has more than 2000 outputs'),
});

/** An output that could not be read. */
export interface Unread {
  output: string;
  reason: string;
}

/** The outputs of one report, read one by one; one that cannot be read is recorded and does not affect the others. */
export interface Outputs {
  bootMac: string;
  unread: Unread[];
  /** Undefined where the output is missing, empty or unreadable. */
  read<T>(name: string, reader: (text: string) => T): T | undefined;
  /** The same for every `<tool>/<what>`, in the order of the names. */
  readEach<T>(tool: string, reader: (text: string, what: string) => T): T[];
}

export function outputsOf(raw: unknown): Outputs {
  const { bootMac, outputs } = parse(RawInventory, raw, 'inventory report');
  const unread: Unread[] = [];
  const read = <T>(name: string, reader: (text: string) => T): T | undefined => {
    const text = Buffer.from(outputs[name] ?? '', 'base64').toString('utf8');
    if (!text.trim()) return undefined;
    try {
      return reader(text);
    } catch (error) {
      if (!unread.some(({ output }) => output === name)) unread.push({ output: name, reason: explain(error) });
      return undefined;
    }
  };
  return {
    bootMac,
    unread,
    read,
    readEach: (tool, reader) =>
      Object.keys(outputs)
        .filter((name) => name.startsWith(`${tool}/`))
        .sort()
        .flatMap((name) => {
          const result = read(name, (text) => reader(text, name.slice(tool.length + 1)));
          return result === undefined ? [] : [result];
        }),
  };
}
