import { describe, expect, it } from '@jest/globals';
import { BadLink, followLink, isFollowable } from '../../../../../shared/kernel/http-client/link.ts';

const base = new URL('https://10.20.0.9/api/');

describe('a link within the origin', () => {
  it.each([
    ['a path', '/redfish/v1/Systems/1', 'https://10.20.0.9/redfish/v1/Systems/1'],
    ['a relative path', 'dcim/devices/', 'https://10.20.0.9/api/dcim/devices/'],
    ['one that climbs', '../../../redfish/v1', 'https://10.20.0.9/redfish/v1'],
    ['a query alone', '?page=2', 'https://10.20.0.9/api/?page=2'],
    ['a path with query and fragment', '/log?$skip=50#last', 'https://10.20.0.9/log?$skip=50'],
    ['a query with an address in it', '/find?q=//other/\\x', 'https://10.20.0.9/find?q=//other/\\x'],
    ['blanks in a name', '/Storage/Disk Bay 0', 'https://10.20.0.9/Storage/Disk%20Bay%200'],
    ['blanks around it', ' /redfish/v1 ', 'https://10.20.0.9/redfish/v1'],
    ['an absolute address', 'https://10.20.0.9/api/next?page=2', 'https://10.20.0.9/api/next?page=2'],
    ['the usual port, written out', 'https://10.20.0.9:443/api', 'https://10.20.0.9/api'],
    ['capitals in scheme and host', 'HTTPS://10.20.0.9/api', 'https://10.20.0.9/api'],
    ['a path of two slashes behind its own host', 'https://10.20.0.9//other/x', 'https://10.20.0.9//other/x'],
  ] as const)('is followed: %s', (_what, link, url) => {
    expect([followLink(link, base).href, followLink(link, base, 'ignored').href]).toEqual([url, url]);
  });

  it('is followed to an IPv6 address', () => {
    expect(followLink('https://[fd00:20::7]:8443/x', new URL('https://[fd00:20::7]:8443')).href).toBe(
      'https://[fd00:20::7]:8443/x',
    );
  });
});

describe('a link that names another origin', () => {
  it.each([
    ['host', 'https://169.254.169.254/latest/meta-data?a=b', '/latest/meta-data?a=b'],
    ['name', 'https://bmc-0001.example.net/redfish/v1/Sessions/1', '/redfish/v1/Sessions/1'],
    ['port', 'https://10.20.0.9:8443/x', '/x'],
    ['scheme', 'http://10.20.0.9/x', '/x'],
    ['host alone', 'https://other', '/'],
    ['host, and another behind its path', 'https://other//10.0.0.1/x', '//10.0.0.1/x'],
  ] as const)('is refused, or followed by its path alone where hosts are ignored: another %s', (_what, link, path) => {
    expect(() => followLink(link, base)).toThrow(/leads away from https:\/\/10\.20\.0\.9$/);
    const url = followLink(link, base, 'ignored');
    expect([url.origin, url.pathname + url.search]).toEqual([base.origin, path]);
  });
});

it.each([
  ['a host without a scheme', '//other/x'],
  ['the same with blanks before it', '  //10.20.0.9/x'],
  ['a backslash for a slash', '/\\other/x'],
  ['two backslashes', '\\\\other/x'],
  ['a backslash in an absolute address', 'https:\\\\other/x'],
  ['a backslash behind the host', 'https://other\\@10.20.0.9/x'],
  ['a tab between slashes', '/\t/other/x'],
  ['a line break between slashes', '/\n/other/x'],
  ['a NUL', '/x\0'],
  ['a name beside the host', 'https://root@10.20.0.9/x'],
  ['a name and a password', 'https://10.20.0.9:443@other/x'],
  ['one slash after the scheme', 'https:/other/x'],
  ['no slash after the scheme', 'https:other/x'],
  ['three slashes after the scheme', 'https:///other/x'],
  ['letters that only look like ASCII', 'https://１０.20.0.9/x'],
  ['a dot that only looks like one', 'https://10。20.0.9/x'],
  ['percent signs in the host', 'https://10.20.0.%39/x'],
  ['an impossible port', 'https://10.20.0.9:99999/x'],
  ['no host', 'https://'],
  ['another protocol', 'ftp://10.20.0.9/x'],
  ['a file', 'file:///etc/passwd'],
  ['a script', 'javascript:alert(1)'],
  ['data', 'data:text/plain,x'],
] as const)('is not followed, whether other hosts are ignored or not: %s', (_what, link) => {
  for (const otherHosts of ['refused', 'ignored'] as const) {
    expect(() => followLink(link, base, otherHosts)).toThrow(BadLink);
    expect(isFollowable(link, base, otherHosts)).toBe(false);
  }
});

it('takes neither name nor password of the base along', () => {
  expect(followLink('x', new URL('https://me:secret@10.20.0.9/api/')).href).toBe('https://10.20.0.9/api/x');
});

it('shortens a link that is refused in what it says', () => {
  expect(() => followLink(`//${'x'.repeat(9_000)}`, base)).toThrow(/^.{200,260}$/);
});
