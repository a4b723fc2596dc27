import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Secret } from '../secret.ts';
import { createHttp, type Authentication, type Reach } from './client.ts';
import { basicAuthorization, keepLogin } from './session.ts';

/** A system that lets a client in by OAuth 2.0 client credentials, as its adapter is given it. */
export interface ClientReach extends Reach {
  clientId: string;
  clientSecret: Secret;
  clock?: Clock;
}

interface Grant {
  system: string;
  /** Of the token endpoint, below the system's address. */
  path: string;
  /** Where the client says who it is: in the header of HTTP Basic, or in the form beside the grant. */
  sendAs: 'basic' | 'form';
  scope?: string;
  /** What the token endpoint answers: seconds that the token is good for. */
  token: z.ZodType<{ access_token: string; expires_in: number }>;
}

/**
 * The bearer token of a client, kept and renewed as `keepLogin` does (RFC 6749, section 4.4). Source of both ways to
 * send the credentials: section 2.3.1.
 */
export function clientCredentials(options: ClientReach, { system, path, sendAs, scope, token }: Grant): Authentication {
  const http = createHttp({ ...options, system });
  const { clientId, clientSecret } = options;
  return keepLogin(async () => {
    const { body } = await http.send({
      method: 'POST',
      path,
      headers: {
        ...(sendAs === 'basic' && { authorization: basicAuthorization(clientId, clientSecret.reveal()) }),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        ...(sendAs === 'form' && { client_id: clientId, client_secret: clientSecret.reveal() }),
        ...(scope !== undefined && { scope }),
      }).toString(),
      answers: { 200: token },
      repeatable: true,
    });
    return { headers: { authorization: `Bearer ${body.access_token}` }, expiresInSeconds: body.expires_in };
  }, options);
}
