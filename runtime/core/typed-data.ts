/** A value on its way between host and function, as the Functions protocol spells it (RpcTypedData). */
export interface TypedData {
  string?: string;
  json?: string;
  bytes?: Uint8Array;
  stream?: Uint8Array;
  http?: unknown;
  int?: number;
  double?: number;
  collectionString?: { string: readonly string[] };
  collectionBytes?: { bytes: readonly Uint8Array[] };
  collectionDouble?: { double: readonly number[] };
  collectionSint64?: { sint64: readonly (number | string)[] };
}

/** Host → function. The function will see text that is JSON as its value: that is the protocol's rule, not ours. */
export function toTypedData(value: unknown): TypedData {
  if (value === undefined || value === null) return {};
  if (typeof value === 'string') return { string: value };
  if (value instanceof Uint8Array) return { bytes: value };
  if (ArrayBuffer.isView(value)) return { bytes: new Uint8Array(value.buffer, value.byteOffset, value.byteLength) };
  if (value instanceof ArrayBuffer) return { bytes: new Uint8Array(value) };
  if (typeof value === 'number') return Number.isInteger(value) ? { int: value } : { double: value };
  return { json: JSON.stringify(value) };
}

/** Function → host: what a function returned or put into an output. Absent is null. */
export function fromTypedData(data: TypedData | null | undefined): unknown {
  if (!data) return null;
  if (isPresent(data.string)) return data.string;
  if (isPresent(data.json)) return JSON.parse(data.json) as unknown;
  const bytes = data.bytes ?? data.stream;
  if (isPresent(bytes)) return Buffer.from(bytes);
  return (
    data.http ??
    data.int ??
    data.double ??
    data.collectionString?.string ??
    data.collectionBytes?.bytes ??
    data.collectionDouble?.double ??
    data.collectionSint64?.sint64 ??
    null
  );
}

/** The same as JSON text, without a detour over the value where the function already sent text. Null for none. */
export function jsonOfTypedData(data: TypedData | null | undefined): string | null {
  if (isPresent(data?.json)) return data.json;
  const value = fromTypedData(data);
  if (value === null) return null;
  return JSON.stringify(Buffer.isBuffer(value) ? value.toString('base64') : value) ?? null;
}

const isPresent = <T>(value: T | null | undefined): value is T => value !== undefined && value !== null;
