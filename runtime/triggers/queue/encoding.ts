export type MessageEncoding = 'base64' | 'none';

export const encodeMessage = (encoding: MessageEncoding, text: string): string =>
  encoding === 'base64' ? Buffer.from(text).toString('base64') : text;

/** Undefined when the body is not what the encoding says: no function can ever read it. */
export function decodeMessage(encoding: MessageEncoding, body: string): string | undefined {
  if (encoding === 'none') return body;
  const bytes = Buffer.from(body, 'base64');
  return bytes.toString('base64') === body ? bytes.toString() : undefined;
}
