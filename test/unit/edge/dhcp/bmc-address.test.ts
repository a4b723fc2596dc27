import { describe, expect, it } from '@jest/globals';
import { bmcUrl, isBmcUrlTemplate } from '../../../../edge/dhcp/bmc-address.ts';

describe('where a BMC answers', () => {
  it.each([
    ['https://{address}', undefined, 'https://10.0.0.9'],
    ['http://{address}:{port}', 7080, 'http://10.0.0.9:7080'],
    ['https://{address}:{port}', undefined, 'https://10.0.0.9:443'],
    ['https://{address}/', undefined, 'https://10.0.0.9'],
  ])('is by %s, port %s: %s', (template, port, url) => {
    expect(isBmcUrlTemplate(template)).toBe(true);
    expect(bmcUrl(template, { address: '10.0.0.9', port })).toBe(url);
  });

  it.each(['https://bmc', '{address}', 'ftp://{address}', 'https://{address}.{name}', 'https://{address}:port'])(
    'cannot be said by %s',
    (template) => {
      expect(isBmcUrlTemplate(template)).toBe(false);
    },
  );
});
