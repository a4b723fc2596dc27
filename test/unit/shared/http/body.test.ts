import { ReadableStream } from 'node:stream/web';
import { describe, expect, it } from '@jest/globals';
import { contracts } from '../../../../shared/access/contracts.ts';
import { mostBodyBytes, readBody } from '../../../../shared/http/body.ts';

/** A request whose body comes in these parts, and how many of them were asked for. */
function aRequest(parts: readonly (Uint8Array | Error)[], headers: Record<string, string> = {}) {
  const asked = { parts: 0 };
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const next = parts[asked.parts++];
        if (next === undefined) controller.close();
        else if (next instanceof Error) controller.error(next);
        else controller.enqueue(next);
      },
    },
    { highWaterMark: 0 },
  );
  return { asked, request: { headers: new Headers(headers), body } };
}
const bytes = (text: string) => new TextEncoder().encode(text);

describe('a body', () => {
  it('is read whole, its characters too where they come in two parts', async () => {
    const [ä = 0, ä2 = 0] = bytes('ä');
    const { request } = aRequest([bytes('{"a":"'), Uint8Array.of(ä), Uint8Array.of(ä2), bytes('"}')]);
    expect(await readBody(request, 100)).toBe('{"a":"ä"}');
  });

  it('that is none is an empty text', async () => {
    expect(await readBody({ headers: new Headers(), body: null }, 100)).toBe('');
  });

  it('may be as large as the limit', async () => {
    const { request } = aRequest([new Uint8Array(50), new Uint8Array(50)], { 'content-length': '100' });
    expect(await readBody(request, 100)).toHaveLength(100);
  });

  it('that says it is larger than the limit is refused with nothing of it read', async () => {
    const { request, asked } = aRequest([new Uint8Array(101)], { 'content-length': '101' });
    await expect(readBody(request, 100)).rejects.toMatchObject({
      code: 'input.too-large',
      kind: 'too-large',
      publicMessage: expect.stringContaining('100 bytes'),
    });
    expect(asked.parts).toBe(0);
  });

  it('that does not say how large it is is refused at the part with which it becomes too large', async () => {
    const { request, asked } = aRequest(Array.from({ length: 1000 }, () => new Uint8Array(40)));
    await expect(readBody(request, 100)).rejects.toMatchObject({ code: 'input.too-large' });
    expect(asked.parts).toBe(3);
  });

  it('that breaks off is a mistake of the caller, not of ours', async () => {
    const { request } = aRequest([bytes('{"a":'), new Error('aborted')]);
    await expect(readBody(request, 100)).rejects.toMatchObject({ code: 'input.cut-off', kind: 'invalid' });
  });
});

describe('endpoints', () => {
  it('that anybody may ask take 16 kB at most', () => {
    expect(
      contracts
        .filter(({ audience }) => audience === 'anonymous')
        .map((endpoint) => [endpoint.name, mostBodyBytes(endpoint)]),
    ).toEqual([['enrol-agent', 16_384]]);
  });

  it('take 64 kB where they do not declare more', () => {
    const others = contracts
      .filter((endpoint) => endpoint.body && endpoint.audience !== 'anonymous')
      .map((endpoint) => [endpoint.name, mostBodyBytes(endpoint)])
      .filter(([, most]) => most !== 65_536);
    expect(Object.fromEntries(others)).toEqual({ 'complete-task': 1_000_000, 'edge-events': 5_000_000 });
  });
});
