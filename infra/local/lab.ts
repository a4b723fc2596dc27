// The one door from npm start to the lab. No simulator is loaded with it: the supervisor would hold it as long as it
// runs.
export { hasLoopbackNetwork } from '../../test/simulators/bmc/addresses.ts';
export { company } from '../../test/simulators/kit/company.ts';
export { takeToken } from '../../test/simulators/oidc/take-token.ts';
export { PlatformClient, PlatformProblem } from '../../test/simulators/people/platform-client.ts';
export { shelfOf } from '../../test/simulators/shelf.ts';

/** The lab as a program. */
export const labScript = 'test/simulators/main.ts';

/** How the lab's Vault is asked for a certificate of the platform's hosts. */
export async function labVault(): Promise<{ token: string; mount: string; serverRole: string }> {
  const [{ pkiMount, pkiRoles }, { vaultAccount }] = await Promise.all([
    import('../../test/simulators/vault/pki.ts'),
    import('../../test/simulators/vault/vault.ts'),
  ]);
  return { token: vaultAccount.token, mount: pkiMount, serverRole: pkiRoles.server };
}
