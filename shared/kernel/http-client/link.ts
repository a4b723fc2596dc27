/**
 * What becomes of a link that names another host, port or scheme than the system is reached at: it is refused, or its
 * path is followed where the system is reached. The second is for BMCs, which write their own name or an address behind
 * NAT into links.
 */
export type OtherHosts = 'refused' | 'ignored';

/** A link that is not followed. The message says why and can be read by a caller. */
export class BadLink extends Error {
  override readonly name = 'BadLink';
}

// oxlint-disable-next-line no-control-regex -- these are what a URL parser drops or turns into slashes
const deceptive = /[\u0000-\u001F\u007F\\]/;
const schemed = /^[a-z][a-z\d+.-]*:/i;
/**
 * An absolute http address whose host is plain ASCII and beside which nothing stands: no name, password or percent
 * sign.
 */
const plainAbsolute = /^https?:\/\/(?:[a-z\d._-]+|\[[\da-f:.]+\])(?::\d{1,5})?(?=[/?#]|$)/i;

/**
 * Where a link leads, as a URL of `base`'s origin. `link` is what a system wrote, or a path of ours; a relative one
 * counts from `base`. Throws BadLink for everything that a URL parser could take to another origin.
 */
export function followLink(link: string, base: URL, otherHosts: OtherHosts = 'refused'): URL {
  const text = link.trim();
  if (deceptive.test(beforeQuery(text))) throw bad(link, 'has a backslash or a control character in it');
  if (text.startsWith('//')) throw bad(link, 'names a host without a scheme');
  const isAbsolute = schemed.test(text);
  if (isAbsolute && !(plainAbsolute.test(text) && URL.canParse(text))) throw bad(link, 'is no plain http address');
  const url = new URL(text, base);
  if (isAbsolute && url.origin !== base.origin && otherHosts === 'refused')
    throw bad(link, `leads away from ${base.origin}`);
  // Put together from its parts: a path that begins with two slashes must not be parsed again.
  const followed = new URL(base.origin);
  followed.pathname = url.pathname;
  followed.search = url.search;
  return followed;
}

/** Whether a link can be followed at all. */
export function isFollowable(link: string, base: URL, otherHosts?: OtherHosts): boolean {
  try {
    followLink(link, base, otherHosts);
    return true;
  } catch (error) {
    if (error instanceof BadLink) return false;
    throw error;
  }
}

const beforeQuery = (text: string) => text.split(/[?#]/, 1)[0] ?? '';
const bad = (link: string, reason: string) =>
  new BadLink(`the link ${JSON.stringify(link.length > 200 ? `${link.slice(0, 200)}…` : link)} ${reason}`);
