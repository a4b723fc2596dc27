/** Stands in for `node:crypto`, which the shared ids import to derive ids on the server. The portal never does. */
export function createHash(): never {
  throw new Error('Ids are derived on the server only.');
}
