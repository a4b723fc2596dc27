import { z } from 'zod';
import { address, secret, text } from '../../kernel/setting-values.ts';
import { outsideSystem, setting } from '../outside-system.ts';

/** Any OpenID Connect issuer; Keycloak is one. Its library is used where tokens are checked, in shared/access. */
export const oidc = outsideSystem({
  name: 'oidc',
  title: 'the OpenID Connect issuer',
  settings: z.object({
    OIDC_ISSUER: setting(address, {
      description: 'who vouches for people: any OpenID Connect issuer',
      example: 'https://id.example/realms/rackline',
    }),
    OIDC_CLIENT_ID: setting(text.default('rackline-portal'), {
      description: 'the portal’s client there',
      example: 'rackline-portal',
    }),
    OIDC_CLIENT_SECRET: setting(secret, { description: 'its secret', example: 'portal-secret' }),
    OIDC_AUDIENCE: setting(text.default('rackline'), {
      description: 'the audience that access tokens must be made for',
      example: 'rackline',
    }),
  }),
  address: 'OIDC_ISSUER',
  ports: ['identity'],
  capabilities: [{ name: 'sign-in', without: 'Nobody can sign in, and no token can be checked.' }],
  client: async () => ({}),
  connect: (_client, settings) => ({
    identity: {
      issuer: settings.OIDC_ISSUER,
      audience: settings.OIDC_AUDIENCE,
      clientId: settings.OIDC_CLIENT_ID,
      clientSecret: settings.OIDC_CLIENT_SECRET,
    },
  }),
});
