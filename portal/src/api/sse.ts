/** Reads the lines of a stream of server-sent events. (WHATWG HTML, 9.2.6 Interpreting an event stream) */

/** The id and the data of one block of lines; comments and unknown fields say nothing. */
export function readBlock(block: string): { id: string | undefined; data: string | undefined } {
  const fields = block.split('\n').flatMap((line) => {
    const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, value: value ?? '' }];
  });
  const data = fields.filter(({ name }) => name === 'data');
  return {
    id: fields.find(({ name }) => name === 'id')?.value,
    data: data.length > 0 ? data.map(({ value }) => value).join('\n') : undefined,
  };
}

/** Cuts a byte stream at its empty lines. */
export async function* blocksOf(body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    heard();
    const blocks = (rest + decoder.decode(read.value, { stream: true })).replaceAll('\r', '').split('\n\n');
    rest = blocks.pop() ?? '';
    yield* blocks;
  }
}
