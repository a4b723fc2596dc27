// Vault HTTP API, KV secrets engine version 2 (developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2).
import { z } from 'zod';

export const LoginAnswer = z.object({ auth: z.object({ client_token: z.string().min(1), lease_duration: z.number().nonnegative() }) });

export const ReadAnswer = z.object({ data: z.object({ data: z.object({ username: z.string(), password: z.string() }) }) });

/** A secret that is not there, or whose newest version was deleted: only then is there `data`. */
export const NotFoundAnswer = z.object({ data: z.object({ metadata: z.object({ version: z.number().int() }) }).optional().catch(undefined) });

export const WriteAnswer = z.object({ data: z.object({ version: z.number().int() }) });

export const ErrorAnswer = z.object({ errors: z.array(z.string()) });
