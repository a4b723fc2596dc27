import type { Secret } from '../kernel/secret.ts';

/** Who vouches for people (an OpenID Connect issuer), and as what Rackline is registered there. */
export interface IdentityProvider {
  /** Without a trailing slash; its description is at `<issuer>/.well-known/openid-configuration`. */
  readonly issuer: string;
  /** What an access token must be made for. */
  readonly audience: string;
  /** The portal’s client. */
  readonly clientId: string;
  readonly clientSecret: Secret;
}
