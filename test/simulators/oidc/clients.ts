/**
 * The portal signs people in and keeps the session on its server, so it has a secret; PKCE is asked of it all the same.
 */
export const portalClient = { id: 'rackline-portal', secret: 'portal-lab-secret' };
/** Scripts: anybody in the lab may take a token for any sign-in. */
export const cliClient = { id: 'rackline-cli' };
/** The grant by which a script signs in: `grant_type=…&client_id=rackline-cli&sign_in=ops@rackline.example`. */
export const labGrant = 'urn:rackline:lab:sign-in';
