import { describe, expect, it } from '@jest/globals';
import { readEdgeSettings } from '../../../edge/settings.ts';

const whole = { EDGE_DATACENTER: 'dc-nyc-01', EDGE_PLATFORM_URL: 'https://rackline.example/' };

describe('the settings of an edge agent', () => {
  it('take two that need saying, and know the rest', () => {
    const { agents, ...rest } = readEdgeSettings(whole);
    expect(agents).toEqual([{ datacenter: 'dc-nyc-01', code: undefined, address: { host: '127.0.0.1', port: 7090 } }]);
    expect(rest).toEqual({ EDGE_PLATFORM_URL: 'https://rackline.example', EDGE_DATA_DIR: '/var/lib/rackline-edge', EDGE_JOURNAL_MEGABYTES: 256, LOG_LEVEL: 'info' });
  });

  it('take a code and never show it', () => {
    const { agents } = readEdgeSettings({ ...whole, EDGE_ENROLMENT_CODE: 'enr_1.hidden' });
    expect(agents[0]?.code?.reveal()).toBe('enr_1.hidden');
    expect(JSON.stringify(agents)).not.toContain('hidden');
  });

  it('name an address for each of several datacenters, and a code for those that need one', () => {
    const { agents } = readEdgeSettings({ ...whole, EDGE_DATACENTER: 'dc-nyc-01, dc-fra-01,dc-lon-01', EDGE_ENROLMENT_CODE: 'a,,c', EDGE_LISTEN: '10.0.0.2:7090,[fd00::2]:7091,127.0.0.1:7092' });
    expect(agents.map(({ datacenter, code, address }) => [datacenter, code?.reveal(), address])).toEqual([
      ['dc-nyc-01', 'a', { host: '10.0.0.2', port: 7090 }], ['dc-fra-01', undefined, { host: 'fd00::2', port: 7091 }], ['dc-lon-01', 'c', { host: '127.0.0.1', port: 7092 }],
    ]);
  });

  it('are refused with every complaint at once', () => {
    expect(() => readEdgeSettings({ EDGE_DATACENTER: 'New York', EDGE_LISTEN: 'everywhere', EDGE_PLATFORM_URL: 'http://rackline.example', EDGE_JOURNAL_MEGABYTES: '0', LOG_LEVEL: 'loud' })).toThrow(
      /EDGE_DATACENTER\[0\]: [\s\S]*EDGE_LISTEN\[0\]: must be host:port[\s\S]*EDGE_PLATFORM_URL: must be an https address[\s\S]*EDGE_JOURNAL_MEGABYTES: must be at least 1[\s\S]*LOG_LEVEL: /,
    );
  });

  it('are refused when a list has not one entry for each datacenter', () => {
    expect(() => readEdgeSettings({ ...whole, EDGE_DATACENTER: 'dc-nyc-01,dc-fra-01', EDGE_ENROLMENT_CODE: 'a' })).toThrow(/EDGE_ENROLMENT_CODE: has 1 entries for the 2 of EDGE_DATACENTER[\s\S]*EDGE_LISTEN/);
  });
});
