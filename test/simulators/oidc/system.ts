import { oidc } from '../../../shared/adapters/oidc/system.ts';
import { standIn } from '../kit/stand-in.ts';
import { oidcSimulator, portalClient } from './oidc.ts';

export const oidcStandIn = standIn(oidc, oidcSimulator, ({ url }) => ({
  OIDC_ISSUER: url,
  OIDC_CLIENT_ID: portalClient.id,
  OIDC_CLIENT_SECRET: portalClient.secret,
}));
