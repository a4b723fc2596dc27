import { describe, expect, it } from '@jest/globals';
import { blocksOf, readBlock } from '../../../../portal/src/api/sse.ts';

const blocksIn = async (stream: ReadableStream<Uint8Array>, heard: () => void = () => undefined) => {
  const blocks: string[] = [];
  for await (const block of blocksOf(stream, heard)) blocks.push(block);
  return blocks;
};
const inPieces = (...pieces: string[]) =>
  new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });

describe('a stream of server-sent events', () => {
  it('is cut at its empty lines wherever the network cut it', async () => {
    const blocks = await blocksIn(inPieces('retry: 2000\n\nid: 7\nda', 'ta: {"a":1}\n', '\n: still here\r\n\r\nid: 8'));
    expect(blocks).toEqual(['retry: 2000', 'id: 7\ndata: {"a":1}', ': still here']);
  });

  it('counts a heartbeat as heard, though it says nothing', async () => {
    let heard = 0;
    await blocksIn(inPieces(': still here\n\n', ': still here\n\n'), () => {
      heard += 1;
    });
    expect(heard).toBe(2);
  });

  it('gives the id and the data of a block', () => {
    expect(readBlock('id: 7\nevent: com.rackline.orders.created\ndata: {"a":\ndata: 1}')).toEqual({
      id: '7',
      data: '{"a":\n1}',
    });
    expect(readBlock(': still here')).toEqual({ id: undefined, data: undefined });
  });
});
