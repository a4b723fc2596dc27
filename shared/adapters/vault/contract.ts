// Vault HTTP API: KV secrets engine version 2 (developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2) and PKI
// (…/secret/pki).
import { z } from 'zod';

export const LoginAnswer = z.object({
  auth: z.object({ client_token: z.string().min(1), lease_duration: z.number().nonnegative() }),
});

export const ReadAnswer = z.object({
  data: z.object({ data: z.object({ username: z.string(), password: z.string() }) }),
});

/** A secret that is not there, or whose newest version was deleted: only then is there `data`. */
export const NotFoundAnswer = z.object({
  data: z
    .object({ metadata: z.object({ version: z.number().int() }) })
    .optional()
    .catch(undefined),
});

export const WriteAnswer = z.object({ data: z.object({ version: z.number().int() }) });

export const ErrorAnswer = z.object({ errors: z.array(z.string()) });

/** A certificate that was signed. `ca_chain` is absent where the issuer signed itself. */
export const SignAnswer = z.object({
  data: z.object({
    certificate: z.string(),
    issuing_ca: z.string(),
    ca_chain: z.array(z.string()).optional(),
    serial_number: z.string().min(1),
    expiration: z.number().int(),
  }),
});

/** The default issuer's chain, as one text of PEM blocks. */
export const ChainAnswer = z.object({ data: z.object({ ca_chain: z.string().optional(), certificate: z.string() }) });
