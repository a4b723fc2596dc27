// Vault 1.15: token and AppRole login, KV version 2 below `secret/`, PKI below `pki/`. Errors are `{errors: […]}`; a
// token that ended is 403. Keeping or destroying a secret twice is the same as once, so none of it goes into the ledger
// of effects.
import { z } from 'zod';
import { routes, type Routed } from '../kit/routes.ts';
import { empty, json, type SimAnswer, type Simulator } from '../kit/simulator.ts';
import { isGoodToken, issueToken, type Tokens } from '../kit/tokens.ts';
import { envelope, failure } from './answers.ts';
import { readChain, revokeCertificate, signWithRole, type HoldsPki } from './pki.ts';

interface Version {
  data: Record<string, unknown>;
  createdAt: number;
  isDeleted: boolean;
}
export interface VaultState extends HoldsPki {
  tokens: Tokens;
  isSealed: boolean;
  /** By path; the first version is number 1. */
  secrets: Record<string, Version[]>;
}

export const vaultAccount = { token: 'hvs.lab-root', roleId: 'rackline-role', secretId: 'rackline-secret-id' };

const Login = z.strictObject({ role_id: z.string(), secret_id: z.string() });
const Write = z.strictObject({
  data: z.record(z.string(), z.unknown()),
  options: z.strictObject({ cas: z.number().int().optional() }).optional(),
});

/** What Vault answers to whoever asks. */
const open = ['/v1/auth/approle/login', '/v1/pki/cert/ca_chain'];

const guard = ({ request, state, context }: Routed<VaultState>): SimAnswer | undefined => {
  if (state.isSealed) return failure(503, 'Vault is sealed');
  if (open.includes(request.path)) return undefined;
  const token = request.headers['x-vault-token'];
  return token === vaultAccount.token || isGoodToken(state.tokens, token, context.now())
    ? undefined
    : failure(403, 'permission denied');
};

const logIn = ({ request, state, context }: Routed<VaultState>): SimAnswer => {
  const body = Login.safeParse(request.body);
  if (!body.success || body.data.role_id !== vaultAccount.roleId || body.data.secret_id !== vaultAccount.secretId)
    return failure(400, 'invalid role or secret ID');
  const clientToken = issueToken(state.tokens, context.now(), 1200);
  return json(
    200,
    envelope({
      auth: {
        client_token: clientToken,
        accessor: 'lab',
        policies: ['rackline'],
        token_policies: ['rackline'],
        lease_duration: 1200,
        renewable: true,
        token_type: 'service',
      },
    }),
  );
};

const metadata = (versions: readonly Version[]) => {
  const newest = versions.at(-1);
  const created = new Date(newest?.createdAt ?? 0).toISOString();
  return {
    created_time: created,
    custom_metadata: null,
    deletion_time: newest?.isDeleted ? created : '',
    destroyed: false,
    version: versions.length,
  };
};

const read = (path: string, { state }: Routed<VaultState>): SimAnswer => {
  const versions = state.secrets[path];
  if (!versions) return failure(404);
  const newest = versions.at(-1);
  return json(
    newest?.isDeleted ? 404 : 200,
    envelope({ data: { data: newest?.isDeleted ? null : newest?.data, metadata: metadata(versions) } }),
  );
};

const write = (path: string, { request, state, context }: Routed<VaultState>): SimAnswer => {
  const body = Write.safeParse(request.body);
  if (!body.success) return failure(400, 'no data provided');
  const versions = (state.secrets[path] ??= []);
  const cas = body.data.options?.cas;
  if (cas !== undefined && cas !== versions.length)
    return failure(400, 'check-and-set parameter did not match the current version');
  versions.push({ data: body.data.data, createdAt: context.now(), isDeleted: false });
  return json(200, envelope({ data: metadata(versions) }));
};

const destroy = (path: string, { state }: Routed<VaultState>): SimAnswer => {
  delete state.secrets[path];
  return empty(204);
};

const softDelete = (path: string, { state }: Routed<VaultState>): SimAnswer => {
  const newest = state.secrets[path]?.at(-1);
  if (newest) newest.isDeleted = true;
  return empty(204);
};

// A secret's path has slashes of its own, so it is taken apart here.
const others = routes<VaultState>(
  {
    'POST /v1/auth/approle/login': logIn,
    'POST /v1/pki/sign/:role': signWithRole,
    'GET /v1/pki/cert/ca_chain': readChain,
    'POST /v1/pki/revoke': revokeCertificate,
  },
  guard,
);
const actions: Record<string, (path: string, call: Routed<VaultState>) => SimAnswer> = {
  'GET data': read,
  'POST data': write,
  'DELETE data': softDelete,
  'DELETE metadata': destroy,
};

export const vaultSimulator: Simulator<VaultState> = {
  name: 'vault',
  initialState: () => ({ tokens: {}, isSealed: false, secrets: {}, pki: null }),
  handle: async (request, context) => {
    const [, kind = '', path = ''] = /^\/v1\/secret\/(data|metadata)\/(.+)$/.exec(request.path) ?? [];
    const action = actions[`${request.method} ${kind}`];
    if (!action) return others(request, context);
    const call = { request, context, state: context.state, params: {} };
    return guard(call) ?? action(path, call);
  },
  holdings: (state) =>
    Object.entries(state.secrets)
      .filter(([, versions]) => versions.at(-1)?.isDeleted === false)
      .map(([path]) => path)
      .sort(),
};
