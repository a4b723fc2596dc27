import { createHash } from 'node:crypto';

/** The same for the same content, whatever changed and came back meanwhile: 48 bits of its digest. */
export const versionOf = (content: unknown): number =>
  createHash('sha256').update(JSON.stringify(content)).digest().readUIntBE(0, 6);
