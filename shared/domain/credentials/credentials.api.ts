import { z } from 'zod';
import { contract } from '../../kernel/api/contract.ts';
import { ServerId } from '../../kernel/ids.ts';

export const RevealedCredentials = z.object({
  username: z.string(),
  password: z.string(),
  address: z.string().nullable(),
});

export const credentialsApi = {
  reveal: contract({
    name: 'reveal-credentials',
    route: 'POST /v1/servers/{id}/credentials/reveal',
    summary: "Show a server's management credentials to its tenant. Each look is in the audit log.",
    audience: 'users',
    permission: 'server:credentials',
    subject: { noun: 'server', by: 'params.id' },
    params: z.object({ id: ServerId }),
    answer: RevealedCredentials,
    keepsAnswer: false,
  }),
};
