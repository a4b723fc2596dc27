import { z } from 'zod';
import type { JsonText } from '../contract/engine.ts';

const Request = z.object({
  method: z.string(),
  uri: z.string(),
  content: z.string().nullish(),
  headers: z.record(z.string(), z.string()).nullish(),
  tokenSource: z.unknown().optional(),
});

/** What `callHttp` runs as: one request, answered as `{statusCode, headers, content}`. Throws if there is no answer. */
export async function runHttpActivity(input: JsonText | null): Promise<JsonText> {
  const { method, uri, content, headers, tokenSource } = Request.parse(JSON.parse(input ?? 'null'));
  if (tokenSource)
    throw new Error(
      `callHttp to ${uri} asks for a managed identity token, which exists on Azure only. Pass the token as a header.`,
    );
  const response = await fetch(uri, { method, body: content ?? null, ...(headers && { headers }) }).catch(
    (cause: Error) => {
      // fetch itself only says that it failed
      const reason = cause.cause instanceof Error ? cause.cause.message : cause.message;
      throw new Error(`${method} ${uri} got no answer: ${reason}`, { cause });
    },
  );
  return JSON.stringify({
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    content: await response.text(),
  });
}
