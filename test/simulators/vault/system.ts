import { vault } from '../../../shared/adapters/vault/system.ts';
import { standIn } from '../kit/stand-in.ts';
import { vaultAccount, vaultSimulator } from './vault.ts';

export const vaultStandIn = standIn(vault, vaultSimulator, ({ url }) => ({
  VAULT_ADDR: url,
  VAULT_TOKEN: vaultAccount.token,
}));
