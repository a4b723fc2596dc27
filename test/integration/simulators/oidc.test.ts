import { describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { useLab } from '../../kit/adapter-lab.ts';
import { Lab } from '../../simulators/kit/lab.ts';
import type { Simulator } from '../../simulators/kit/simulator.ts';
import { oidcSimulator, portalClient, takeToken, verificationOf } from '../../simulators/oidc/oidc.ts';

const deps = useLab(oidcSimulator as unknown as Simulator<never>);
const issuer = () => deps.url('oidc');
const verify = (token: string, at = issuer()) => {
  const { jwksUri, clockToleranceSeconds, ...rules } = verificationOf(at);
  return jwtVerify(token, createRemoteJWKSet(new URL(jwksUri)), { ...rules, clockTolerance: clockToleranceSeconds });
};

/** A browser without pictures: keeps cookies, follows redirects until one leads back to the portal. */
class Browser {
  readonly #cookies = new Map<string, string>();
  async go(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const answer = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return answer;
  }
  /** Follows redirects as long as they stay at the issuer. */
  async follow(start: Response, base: string): Promise<{ page?: string; leftFor?: URL; url: URL }> {
    let answer = start;
    let url = new URL(base);
    while (answer.headers.has('location')) {
      url = new URL(answer.headers.get('location') ?? '', url);
      if (!url.href.startsWith(issuer())) return { leftFor: url, url };
      answer = await this.go(url);
    }
    return { page: await answer.text(), url };
  }
}

const signIn = async (email: string) => {
  const config = await client.discovery(new URL(issuer()), portalClient.id, portalClient.secret, undefined, {
    execute: [client.allowInsecureRequests],
  });
  const verifier = client.randomPKCECodeVerifier();
  const nonce = client.randomNonce();
  const state = client.randomState();
  const start = client.buildAuthorizationUrl(config, {
    redirect_uri: 'http://127.0.0.1:7071/auth/callback',
    scope: 'openid profile email',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce,
    state,
  });
  const browser = new Browser();
  const { page = '', url } = await browser.follow(await browser.go(start), issuer());
  const answered = await browser.follow(
    await browser.go(url, { method: 'POST', body: new URLSearchParams({ sign_in: email }) }),
    url.href,
  );
  const finish = async () =>
    client.authorizationCodeGrant(config, answered.leftFor ?? url, {
      pkceCodeVerifier: verifier,
      expectedNonce: nonce,
      expectedState: state,
    });
  return { config, browser, start, page, answered, finish };
};

describe('signing in through the browser', () => {
  it('shows everybody who can sign in, by role, and asks for no password', async () => {
    const { page } = await signIn('ops@rackline.example');
    for (const { email } of deps.lab.company.people) expect(page).toContain(`value="${email}"`);
    expect(page).toContain('tenant-admin');
    expect(page).not.toMatch(/type="?password/);
  });

  it('gives the portal an id token and an access token that say who it is and what they may', async () => {
    const { finish } = await signIn('tenant-admin@acme.example');
    const tokens = await finish();
    const person = {
      sub: 'tenant-admin@acme.example',
      email: 'tenant-admin@acme.example',
      name: 'Ada Acme',
      roles: ['tenant-admin'],
      tenant: 'acme',
    };
    expect(tokens.claims()).toMatchObject(person);
    await expect(verify(tokens.access_token)).resolves.toMatchObject({
      payload: { ...person, aud: 'rackline', iss: issuer() },
    });
  });

  it('asks only once: the next sign-in of the same browser goes straight through', async () => {
    const { browser, start } = await signIn('ops@rackline.example');
    const again = await browser.follow(await browser.go(start), issuer());
    expect(again.leftFor?.searchParams.get('code')).toBeTruthy();
  });

  it('does not let in a name nobody has, and says so', async () => {
    const { answered } = await signIn('mallory@evil.example');
    expect(answered.leftFor).toBeUndefined();
    expect(answered.page).toContain('Nobody signs in as mallory@evil.example.');
  });

  it('refuses a code without its PKCE verifier', async () => {
    const { config, answered } = await signIn('ops@rackline.example');
    await expect(
      client.authorizationCodeGrant(config, answered.leftFor ?? new URL(issuer()), {
        expectedState: client.skipStateCheck,
      }),
    ).rejects.toThrow();
  });

  it('sends nobody to an address outside this machine', async () => {
    const url = new URL(`${issuer()}/auth`);
    url.search = new URLSearchParams({
      client_id: portalClient.id,
      redirect_uri: 'https://evil.example/callback',
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    }).toString();
    const answer = await fetch(url, { redirect: 'manual' });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });
});

describe('tokens for programs', () => {
  it('come for any sign-in of the lab without a browser', async () => {
    const token = await takeToken(issuer(), 'technician@dc-nyc-01.rackline.example');
    await expect(verify(token)).resolves.toMatchObject({
      payload: { roles: ['technician'], datacenters: ['dc-nyc-01'] },
    });
    await expect(takeToken(issuer(), 'nobody@rackline.example')).rejects.toThrow(
      /known are tenant-admin@acme\.example/,
    );
  });

  it('stay good when the lab is started again from what it kept', async () => {
    const token = await takeToken(issuer(), 'ops@rackline.example');
    const kept = JSON.parse(JSON.stringify(deps.lab.snapshot()));
    const again = new Lab({ simulators: deps.simulators, time: deps.time, saved: kept });
    await again.listen();
    await expect(
      jwtVerify(token, createRemoteJWKSet(new URL(`${again.url}/oidc/jwks`)), { audience: 'rackline' }),
    ).resolves.toMatchObject({ payload: { sub: 'ops@rackline.example' } });
    await again.close();
  });
});
