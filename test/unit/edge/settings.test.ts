import { describe, expect, it } from '@jest/globals';
import { readEdgeSettings } from '../../../edge/settings.ts';

const whole = { EDGE_DATACENTER: 'dc-nyc-01', EDGE_CLIENT_ID: 'rackline-edge', EDGE_CLIENT_SECRET: 'hidden', EDGE_PLATFORM_URL: 'https://rackline.example/', EDGE_ISSUER: 'https://sign-in.example/realms/rackline' };

describe('the settings of an edge agent', () => {
  it('take five that need saying, and know the rest', () => {
    const { agents, ...rest } = readEdgeSettings(whole);
    expect(agents).toEqual([{ datacenter: 'dc-nyc-01', client: { id: 'rackline-edge', secret: expect.anything() }, address: { host: '127.0.0.1', port: 7090 } }]);
    expect(rest).toEqual({ EDGE_PLATFORM_URL: 'https://rackline.example', EDGE_ISSUER: 'https://sign-in.example/realms/rackline', EDGE_DATA_DIR: '/var/lib/rackline-edge', EDGE_JOURNAL_MEGABYTES: 256, EDGE_PULL_SECONDS: 60, LOG_LEVEL: 'info' });
    expect(JSON.stringify(agents)).not.toContain('hidden');
  });

  it('name an identity and an address for each of several datacenters', () => {
    const { agents } = readEdgeSettings({ ...whole, EDGE_DATACENTER: 'dc-nyc-01, dc-fra-01', EDGE_CLIENT_ID: 'a,b', EDGE_CLIENT_SECRET: 'x,y', EDGE_LISTEN: '10.0.0.2:7090,[fd00::2]:7091' });
    expect(agents.map(({ datacenter, client, address }) => [datacenter, client.id, client.secret.reveal(), address])).toEqual([
      ['dc-nyc-01', 'a', 'x', { host: '10.0.0.2', port: 7090 }], ['dc-fra-01', 'b', 'y', { host: 'fd00::2', port: 7091 }],
    ]);
  });

  it('are refused with every complaint at once', () => {
    expect(() => readEdgeSettings({ EDGE_DATACENTER: 'New York', EDGE_LISTEN: 'everywhere', EDGE_PLATFORM_URL: 'rackline', EDGE_JOURNAL_MEGABYTES: '0', LOG_LEVEL: 'loud' })).toThrow(
      /EDGE_DATACENTER\[0\]: [\s\S]*EDGE_CLIENT_ID: is needed[\s\S]*EDGE_CLIENT_SECRET: is needed[\s\S]*EDGE_LISTEN\[0\]: must be host:port[\s\S]*EDGE_PLATFORM_URL: [\s\S]*EDGE_ISSUER: [\s\S]*EDGE_JOURNAL_MEGABYTES: must be at least 1[\s\S]*LOG_LEVEL: /,
    );
  });

  it('are refused when a datacenter has no identity', () => {
    expect(() => readEdgeSettings({ ...whole, EDGE_DATACENTER: 'dc-nyc-01,dc-fra-01' })).toThrow(/EDGE_CLIENT_ID: has 1 entries for the 2 of EDGE_DATACENTER[\s\S]*EDGE_LISTEN/);
  });
});
