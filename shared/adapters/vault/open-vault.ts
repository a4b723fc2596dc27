import type { Clock } from '../../kernel/clock.ts';
import { createHttp, type Http, type Reach } from '../../kernel/http-client/client.ts';
import { keepLogin } from '../../kernel/http-client/session.ts';
import type { Secret } from '../../kernel/secret.ts';
import { LoginAnswer } from './contract.ts';

export interface VaultReach extends Reach {
  login: { token: Secret } | { roleId: string; secretId: Secret };
  /** Vault Enterprise only. */
  namespace?: string;
  clock?: Clock;
}

/**
 * Vault's HTTP under a token of ours, or one taken by AppRole and renewed. `baseUrl` is Vault's address
 * (`https://vault.example:8200`).
 */
export function openVault(options: VaultReach): Http {
  const { login: credentials } = options;
  const namespaced: Record<string, string> =
    options.namespace === undefined ? {} : { 'X-Vault-Namespace': options.namespace };
  const http = createHttp({ ...options, system: 'vault' });

  const logIn = async () => {
    if ('token' in credentials) return { headers: { 'X-Vault-Token': credentials.token.reveal(), ...namespaced } };
    const { body } = await http.send({
      method: 'POST',
      path: 'v1/auth/approle/login',
      headers: namespaced,
      body: { role_id: credentials.roleId, secret_id: credentials.secretId.reveal() },
      answers: { 200: LoginAnswer },
      repeatable: true,
    });
    return {
      headers: { 'X-Vault-Token': body.auth.client_token, ...namespaced },
      expiresInSeconds: body.auth.lease_duration || undefined,
    };
  };
  // Vault answers 403, not 401, to a token that ended.
  return createHttp({
    ...options,
    system: 'vault',
    authentication: keepLogin(logIn, { ...options, renewOn: [401, 403] }),
  });
}
