// The lab's identity provider: the certified oidc-provider, with the company's people as accounts and no passwords.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Provider, type AccountClaims, type Configuration } from 'oidc-provider';
import type { Company, Person } from '../kit/company.ts';
import { cliClient, labGrant, portalClient } from './clients.ts';
import { signOutPage } from './pages.ts';
import { recordsOf, type OidcState } from './records.ts';

const audience = 'rackline';
const apiResource = 'urn:rackline:api';
const api = {
  audience,
  scope: 'api',
  accessTokenFormat: 'jwt',
  accessTokenTTL: 8 * 3600,
  jwt: { sign: { alg: 'RS256' } },
} as const;

/** How somebody who is handed an access token of this issuer has to check it. */
export const verificationOf = (issuer: string) => ({
  issuer,
  jwksUri: `${issuer}/jwks`,
  audience,
  algorithms: ['RS256'],
  clockToleranceSeconds: 60,
});

const personalClaims = ({ email, name, roles, tenant, datacenters }: Person) => ({
  email,
  name,
  roles,
  ...(tenant && { tenant }),
  ...(datacenters && { datacenters }),
});

export function createProvider(issuer: string, company: Company, state: OidcState, now: () => number): Provider {
  const personOf = (id: unknown) => company.people.find(({ email }) => email === id);
  const provider = new Provider(issuer, {
    ...steadyKeys(state, new URL(issuer).pathname),
    adapter: recordsOf(state, now),
    clients: [
      {
        client_id: portalClient.id,
        client_secret: portalClient.secret,
        redirect_uris: ['http://127.0.0.1/'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      },
      {
        client_id: cliClient.id,
        token_endpoint_auth_method: 'none',
        redirect_uris: [],
        response_types: [],
        grant_types: [labGrant],
      },
    ],
    claims: { openid: ['sub', 'roles', 'tenant', 'datacenters'], profile: ['name'], email: ['email'] },
    // The claims are in the id token itself, so that a sign-in needs no further call.
    conformIdTokenClaims: false,
    findAccount: (_context, id) => {
      const person = personOf(id);
      return (
        person && {
          accountId: id,
          claims: async (): Promise<AccountClaims> => ({ sub: id, ...personalClaims(person) }),
        }
      );
    },
    extraTokenClaims: async (_context, token) => {
      const person = token.kind === 'AccessToken' ? personOf(token.accountId) : undefined;
      return person && personalClaims(person);
    },
    interactions: { url: (_context, { uid }) => `${issuer}/interaction/${uid}` },
    // Nobody is asked whether our own portal may know who they are.
    loadExistingGrant: async (context) => {
      const grant = new provider.Grant({
        accountId: context.oidc.session?.accountId ?? '',
        clientId: context.oidc.client?.clientId ?? '',
      });
      grant.addOIDCScope('openid profile email offline_access');
      grant.addResourceScope(apiResource, api.scope);
      await grant.save();
      return grant;
    },
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => apiResource,
        useGrantedResource: async () => true,
        getResourceServerInfo: async () => api,
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (context, form) => void (context.body = signOutPage(form)),
      },
    },
    ttl: {
      AccessToken: api.accessTokenTTL,
      IdToken: 3600,
      AuthorizationCode: 60,
      Interaction: 3600,
      Session: 14 * 86_400,
      Grant: 14 * 86_400,
      RefreshToken: 14 * 86_400,
    },
    renderError: async (context, out) =>
      void (context.body = `${out.error}: ${out.error_description ?? 'the request could not be understood'}`),
  });

  // The portal stands on a port of the user's choosing: any address of this machine may be returned to.
  const isHere = (uri: string) =>
    URL.canParse(uri) && ['127.0.0.1', 'localhost', '[::1]', new URL(issuer).hostname].includes(new URL(uri).hostname);
  provider.Client.prototype.redirectUriAllowed = isHere;
  provider.Client.prototype.postLogoutRedirectUriAllowed = isHere;

  provider.registerGrantType<{ sign_in?: string }>(
    labGrant,
    async (context) => {
      const { client, params } = context.oidc;
      const person = personOf(params.sign_in);
      if (!person) {
        context.status = 400;
        context.body = {
          error: 'invalid_grant',
          error_description:
            `nobody signs in as '${params.sign_in ?? ''}'; known are ` +
            `${company.people.map(({ email }) => email).join(', ')}`,
        };
        return;
      }
      const grant = new provider.Grant({ accountId: person.email, clientId: client.clientId });
      grant.addResourceScope(apiResource, api.scope);
      const token = new provider.AccessToken({
        client,
        accountId: person.email,
        grantId: await grant.save(),
        gty: labGrant,
        scope: api.scope,
        expiresWithSession: false,
      });
      token.resourceServer = new provider.ResourceServer(apiResource, api);
      context.body = {
        access_token: await token.save(),
        token_type: 'Bearer',
        expires_in: token.expiration,
        scope: api.scope,
      };
    },
    ['sign_in'],
  );
  return provider;
}

/** The same keys after every restart: made once, kept with the state. */
function steadyKeys(state: OidcState, path: string): Pick<Configuration, 'jwks' | 'cookies'> {
  state.jwks ??= {
    keys: [
      {
        ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
        kty: 'RSA',
        use: 'sig',
        alg: 'RS256',
        kid: randomBytes(6).toString('hex'),
      },
    ],
  };
  if (state.cookieKeys.length === 0) state.cookieKeys.push(randomBytes(24).toString('base64url'));
  return {
    jwks: state.jwks,
    cookies: { keys: state.cookieKeys, short: { path, signed: true }, long: { path, signed: true } },
  };
}
