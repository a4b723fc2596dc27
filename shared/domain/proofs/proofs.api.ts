import { z } from 'zod';
import { contract } from '../../kernel/api/contract.ts';
import { page } from '../../kernel/api/paging.ts';
import { ServerId } from '../../kernel/ids.ts';
import { proofKinds } from '../../lifecycle/proof-kinds.ts';

/** What was proved of a server, and what showed it. */
export const ProofView = z.object({
  id: z.string(),
  kind: z.enum(proofKinds),
  madeAt: z.string(),
  /** The step or the person, and the saga. Null for a tenant, who reads no names of ours. */
  madeBy: z.string().nullable(),
  sagaId: z.string().nullable(),
  /** The evidence in a sentence. Null where a tenant reads that something was proved, and not how. */
  summary: z.string().nullable(),
  /** All of it; null for a tenant. */
  evidence: z.record(z.string(), z.unknown()).nullable(),
  /** Since when it no longer counts, and why. */
  voided: z.object({ at: z.string(), by: z.string(), reason: z.string() }).nullable(),
});
export type ProofView = z.infer<typeof ProofView>;

export const proofsApi = {
  list: contract({
    name: 'asset-proofs',
    route: 'GET /v1/assets/{id}/proofs',
    summary: 'What was proved of a server, the newest first. A tenant reads what was proved when it was handed over.',
    audience: 'users',
    permission: ['asset:read', 'server:read'],
    subject: { noun: 'asset', by: 'params.id' },
    params: z.object({ id: ServerId }),
    answer: page(ProofView),
  }),
};
