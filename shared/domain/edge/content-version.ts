import { createHash } from 'node:crypto';

/** 48 bits of the content's digest: the same for the same content, whatever happened in between. */
export const contentVersion = (content: unknown): number =>
  createHash('sha256').update(JSON.stringify(content)).digest().readUIntBE(0, 6);
