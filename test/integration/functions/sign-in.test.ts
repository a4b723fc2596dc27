import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anApi, type Api } from './kit.ts';

let api: Api;
beforeAll(async () => {
  api = await anApi();
});
afterAll(() => api.close());

/** A browser without pictures: keeps cookies, goes where it is sent, and fills in the one form there is. */
class Browser {
  readonly cookies = new Map<string, string>();
  readonly lines: string[] = [];

  async go(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const answer = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const line of answer.headers.getSetCookie()) {
      this.lines.push(line);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  /** Signs in as a person would; answers where the browser is sent in the end. */
  async signIn(returnTo: string, email = 'tenant-admin@acme.example'): Promise<string> {
    let url = new URL(`${api.url}/auth/login?returnTo=${encodeURIComponent(returnTo)}`);
    let answer = await this.go(url);
    for (let hops = 0; hops < 15; hops++) {
      const location = answer.headers.get('location');
      if (location !== null && url.pathname === '/auth/callback') return location;
      if (location !== null) {
        url = new URL(location, url);
        answer = await this.go(url);
      } else answer = await this.go(url, { method: 'POST', body: new URLSearchParams({ sign_in: email }) });
    }
    throw new Error('The sign-in came to no end.');
  }
  cookieLine(name: string): string {
    return this.lines.findLast((line) => line.startsWith(`${name}=`) && !line.startsWith(`${name}=;`)) ?? '';
  }
}

describe('signing in', () => {
  it('leads back to the page, with a session that scripts cannot read and other sites cannot send', async () => {
    const browser = new Browser();
    expect(await browser.signIn('/orders?state=failed#last')).toBe('/orders?state=failed#last');
    const session = browser.cookieLine('rackline_session').toLowerCase();
    expect(session).toContain('httponly');
    expect(session).toContain('samesite=lax');
    expect(session).toContain('path=/');
    expect(session).toContain(`max-age=${12 * 3600}`);
    expect(browser.cookies.has('rackline_sign_in')).toBe(false);
    expect(await (await browser.go(`${api.url}/api/v1/me`)).json()).toMatchObject({
      name: 'tenant-admin@acme.example',
      tenantId: 'acme',
    });
  });

  it('gives the browser no token, and the database no cookie', async () => {
    const browser = new Browser();
    await browser.signIn('/');
    const secret = browser.cookies.get('rackline_session') ?? '';
    expect(browser.lines.join()).not.toMatch(/eyJ[\w-]+\.eyJ/);
    expect(await api.db.run('SELECT FROM session WHERE id = $1', [secret])).toBe(0);
  });

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/.//evil.example',
    '/x/..//evil.example',
    'javascript:alert(1)',
    'https:evil.example',
    'http://127.0.0.1:1/',
    '\t//evil.example',
  ])('never leads to another site: %j', async (returnTo) => {
    const location = await new Browser().signIn(returnTo);
    expect(new URL(location, api.url).origin).toBe(api.url);
  });

  it('is not finished by an answer that belongs to another attempt, or to none', async () => {
    const browser = new Browser();
    await browser.go(`${api.url}/auth/login`);
    for (const query of ['code=abc&state=of-somebody-else', 'error=access_denied', '']) {
      const answer = await browser.go(`${api.url}/auth/callback?${query}`);
      expect(answer.headers.get('location')).toBe('/?problem=sign-in-failed');
    }
    expect((await new Browser().go(`${api.url}/auth/callback?code=abc&state=x`)).headers.get('location')).toBe(
      '/?problem=sign-in-failed',
    );
    expect(browser.cookies.has('rackline_session')).toBe(false);
  });

  it('starts a new session each time: a cookie from before means nothing', async () => {
    const browser = new Browser();
    browser.cookies.set('rackline_session', 'planted');
    await browser.signIn('/');
    expect(browser.cookies.get('rackline_session')).not.toBe('planted');
  });
});

describe('a session', () => {
  const signedIn = async () => {
    const browser = new Browser();
    await browser.signIn('/');
    return browser;
  };
  const write = (browser: Browser, headers: Record<string, string>) =>
    browser.go(`${api.url}/api/v1/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{}',
    });

  it.each([
    ['a page of another site', { origin: 'https://evil.example' }],
    ['a page of another port', { origin: 'http://127.0.0.1:1' }],
    ['a page that hides where it is from', { origin: 'null' }],
    ['no page at all', {}],
  ])('takes no writes from %s', async (_what, headers: Record<string, string>) => {
    const answer = await write(await signedIn(), headers);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'auth.foreign-origin' });
  });

  it('takes writes from our own pages', async () => {
    expect((await write(await signedIn(), { origin: api.url })).status).toBe(400); // read, and found empty
  });

  it('is over when one signs out, also for whoever kept the cookie', async () => {
    const browser = await signedIn();
    const secret = browser.cookies.get('rackline_session') ?? '';
    const out = await browser.go(`${api.url}/auth/logout`, { method: 'POST' });
    expect(((await out.json()) as { location: string }).location).toContain(`${api.issuer}/session/end`);
    expect(browser.cookies.has('rackline_session')).toBe(false);
    browser.cookies.set('rackline_session', secret);
    expect((await browser.go(`${api.url}/api/v1/me`)).status).toBe(401);
  });

  it('is over after its time', async () => {
    const browser = await signedIn();
    await api.db.run("UPDATE session SET expires_at = now() - interval '1 second'");
    expect((await browser.go(`${api.url}/api/v1/me`)).status).toBe(401);
  });
});

describe('the portal', () => {
  it.each(['/', '/orders/ord_1', '/index.html'])(
    'is served at %s with a policy that lets nothing foreign run or frame it',
    async (path) => {
      const answer = await fetch(`${api.url}${path}`);
      expect({
        status: answer.status,
        type: answer.headers.get('content-type'),
        cache: answer.headers.get('cache-control'),
        sniff: answer.headers.get('x-content-type-options'),
      }).toEqual({ status: 200, type: 'text/html; charset=utf-8', cache: 'no-cache', sniff: 'nosniff' });
      const policy = new Map(
        (answer.headers.get('content-security-policy') ?? '')
          .split(';')
          .map((each) => each.trim().split(/ (.*)/) as [string, string]),
      );
      expect(Object.fromEntries(policy)).toMatchObject({
        'default-src': "'self'",
        'script-src': "'self'",
        'frame-ancestors': "'none'",
        'base-uri': "'none'",
        'object-src': "'none'",
        'form-action': "'self'",
      });
    },
  );

  it('keeps its built files for ever, and has no page for a file that is not there', async () => {
    expect((await fetch(`${api.url}/assets/app-1a2b.js`)).headers.get('cache-control')).toContain('immutable');
    expect((await fetch(`${api.url}/assets/app-0000.js`)).status).toBe(404);
  });

  it.each([
    '/..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/assets/..%2f..%2f..%2fetc%2fhostname',
    '/a%00.js',
  ])('serves nothing beside its folder: %s', async (path) => {
    const answer = await fetch(`${api.url}${path}`);
    const text = await answer.text();
    expect([200, 400, 404]).toContain(answer.status);
    if (answer.status === 200) expect(text).toBe('<title>Rackline</title>');
  });
});

describe('for whoever watches over it', () => {
  it('says that it lives, that it is ready, and what it counts', async () => {
    expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${api.url}/readyz`)).status).toBe(200);
    await api.as('ops@rackline.example')('GET /v1/orders');
    expect(await (await fetch(`${api.url}/metrics`)).text()).toMatch(
      /rackline_http_request_duration_seconds_count\{route="GET \/v1\/orders",status="200"\} \d+/,
    );
  });
});
