import { randomBytes } from 'node:crypto';
import { app, type Cookie, type HttpResponseInit } from '@azure/functions';
import * as oidc from 'openid-client';
import { z } from 'zod';
import { Claims } from '../../shared/access/caller.ts';
import { endSession, insertSession } from '../../shared/access/sessions.db.ts';
import type { HttpFrame } from '../../shared/http/register.ts';
import { cookieOf, sessionCookie } from '../../shared/http/who-asks.ts';
import { isoTime } from '../../shared/kernel/clock.ts';
import { hours } from '../../shared/kernel/durations.ts';
import { explain } from '../../shared/kernel/errors/app-error.ts';
import type { Secret } from '../../shared/kernel/secret.ts';

export interface SignIn {
  issuer: string;
  clientId: string;
  clientSecret: Secret;
  publicUrl: string;
}

const sessionLasts = hours(12);
const attemptCookie = 'rackline_sign_in';
const Attempt = z.object({ state: z.string(), verifier: z.string(), nonce: z.string(), returnTo: z.string() });

/**
 * The page to return to, as browsers read an address (they drop tabs, take \\ for / and resolve dots); the first page
 * where it would leave this site.
 */
function withinSite(wanted: string, publicUrl: string): string {
  const site = new URL(publicUrl);
  const page = URL.parse(wanted, site.href);
  return page?.origin === site.origin && !page.pathname.startsWith('//')
    ? `${page.pathname}${page.search}${page.hash}`
    : '/';
}

/**
 * Sign-in by OpenID Connect, authorization code with PKCE. The browser gets a cookie that means nothing outside
 * this server; tokens stay here (no token in a page's reach).
 */
export function registerSignIn(frame: HttpFrame, settings: SignIn): void {
  let found: Promise<oidc.Configuration> | undefined;
  const configuration = () => {
    found ??= oidc.discovery(
      new URL(settings.issuer),
      settings.clientId,
      settings.clientSecret.reveal(),
      undefined,
      settings.issuer.startsWith('http:') ? { execute: [oidc.allowInsecureRequests] } : undefined,
    );
    found.catch(() => (found = undefined));
    return found;
  };
  const isSecure = settings.publicUrl.startsWith('https:');
  const cookie = (name: string, value: string, maxAge: number): Cookie => ({
    name,
    value,
    path: '/',
    httpOnly: true,
    secure: isSecure,
    sameSite: 'Lax',
    maxAge,
  });
  const redirect = (location: string, cookies: Cookie[] = []): HttpResponseInit => ({
    status: 302,
    headers: { location, 'cache-control': 'no-store' },
    cookies,
  });
  const callback = `${settings.publicUrl}/auth/callback`;

  /**
   * Where the browser ends the issuer's session too, or the next sign-in would silently be the same person's (OpenID
   * Connect RP-Initiated Logout 1.0).
   */
  async function endAtIssuer(idToken: string | null): Promise<string> {
    try {
      const found = await configuration();
      if (found.serverMetadata().end_session_endpoint === undefined) return '/';
      return oidc.buildEndSessionUrl(found, {
        post_logout_redirect_uri: `${settings.publicUrl}/`,
        ...(idToken !== null && { id_token_hint: idToken }),
      }).href;
    } catch (error) {
      frame.deps.log.requestFailed({ route: 'POST /auth/logout', error: explain(error) });
      return '/';
    }
  }

  app.http('sign-in', {
    methods: ['GET'],
    route: 'auth/login',
    authLevel: 'anonymous',
    handler: async (request) => {
      const wanted = request.query.get('returnTo') ?? '/';
      const attempt = {
        state: oidc.randomState(),
        verifier: oidc.randomPKCECodeVerifier(),
        nonce: oidc.randomNonce(),
        returnTo: withinSite(wanted, settings.publicUrl),
      };
      try {
        const url = oidc.buildAuthorizationUrl(await configuration(), {
          redirect_uri: callback,
          scope: 'openid profile email',
          state: attempt.state,
          nonce: attempt.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
          code_challenge_method: 'S256',
        });
        return redirect(url.href, [
          cookie(attemptCookie, Buffer.from(JSON.stringify(attempt)).toString('base64url'), 600),
        ]);
      } catch (error) {
        frame.deps.log.requestFailed({ route: 'GET /auth/login', error: explain(error) });
        return redirect('/?problem=sign-in-unavailable');
      }
    },
  });

  app.http('sign-in-callback', {
    methods: ['GET'],
    route: 'auth/callback',
    authLevel: 'anonymous',
    handler: async (request) => {
      try {
        const attempt = Attempt.parse(
          JSON.parse(Buffer.from(cookieOf(request, attemptCookie) ?? '', 'base64url').toString()),
        );
        const answer = new URL(callback);
        answer.search = new URL(request.url).search;
        const tokens = await oidc.authorizationCodeGrant(await configuration(), answer, {
          expectedState: attempt.state,
          expectedNonce: attempt.nonce,
          pkceCodeVerifier: attempt.verifier,
        });
        const claims = Claims.parse(tokens.claims());
        const secret = randomBytes(32).toString('base64url');
        const now = frame.deps.clock.now();
        await insertSession(frame.deps.db, {
          cookie: secret,
          claims,
          idToken: tokens.id_token,
          createdAt: isoTime(now),
          expiresAt: isoTime(now + sessionLasts),
        });
        return redirect(withinSite(attempt.returnTo, settings.publicUrl), [
          cookie(sessionCookie, secret, sessionLasts / 1000),
          cookie(attemptCookie, '', 0),
        ]);
      } catch (error) {
        frame.deps.log.requestFailed({ route: 'GET /auth/callback', error: explain(error) });
        return redirect('/?problem=sign-in-failed', [cookie(attemptCookie, '', 0)]);
      }
    },
  });

  app.http('sign-out', {
    methods: ['POST'],
    route: 'auth/logout',
    authLevel: 'anonymous',
    handler: async (request) => {
      const secret = cookieOf(request, sessionCookie);
      const ended = secret && (await endSession(frame.deps.db, secret));
      return {
        status: 200,
        jsonBody: { location: ended ? await endAtIssuer(ended.idToken) : '/' },
        cookies: [cookie(sessionCookie, '', 0)],
      };
    },
  });
}
