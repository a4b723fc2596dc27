/**
 * A fresh key for one intended act. `crypto.randomUUID` would need HTTPS, which a lab on a private network may lack.
 */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Keys for one form: sending the same content again keeps its key, so that a double click or a repeat after a lost
 * answer does it once; changed content is another act and gets another key.
 */
export function createKeys(): (content: unknown) => string {
  let last: { text: string; key: string } | undefined;
  return (content) => {
    const text = JSON.stringify(content);
    last = last?.text === text ? last : { text, key: newKey() };
    return last.key;
  };
}
