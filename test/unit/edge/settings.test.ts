import { describe, expect, it } from '@jest/globals';
import { readEdgeSettings } from '../../../edge/settings.ts';

const whole = { EDGE_DATACENTER: 'dc-nyc-01', EDGE_PLATFORM_URL: 'https://rackline.example/' };

describe('the settings of an edge agent', () => {
  it('take two that need saying, and know the rest', () => {
    const { agents, ...rest } = readEdgeSettings(whole);
    expect(agents).toEqual([
      {
        datacenter: 'dc-nyc-01',
        code: undefined,
        address: { host: '127.0.0.1', port: 7090 },
        leases: {},
        boot: undefined,
        tftpAddress: undefined,
      },
    ]);
    expect(rest).toEqual({
      EDGE_PLATFORM_URL: 'https://rackline.example',
      EDGE_DATA_DIR: '/var/lib/rackline-edge',
      EDGE_JOURNAL_MEGABYTES: 256,
      LOG_LEVEL: 'info',
      EDGE_BMC_URL: 'https://{address}',
      EDGE_BOOT_ARCHITECTURES: ['bios-x86', 'uefi-x64'],
      EDGE_BOOT_ARGUMENTS: 'console=tty0 console=ttyS0,115200 quiet',
      EDGE_BOOT_SLOTS: 32,
    });
  });

  it('take a code and never show it', () => {
    const { agents } = readEdgeSettings({ ...whole, EDGE_ENROLMENT_CODE: 'enr_1.hidden' });
    expect(agents[0]?.code?.reveal()).toBe('enr_1.hidden');
    expect(JSON.stringify(agents)).not.toContain('hidden');
  });

  it('name an address for each of several datacenters, and a code for those that need one', () => {
    const { agents } = readEdgeSettings({
      ...whole,
      EDGE_DATACENTER: 'dc-nyc-01, dc-fra-01,dc-lon-01',
      EDGE_ENROLMENT_CODE: 'a,,c',
      EDGE_LISTEN: '10.0.0.2:7090,[fd00::2]:7091,127.0.0.1:7092',
    });
    expect(agents.map(({ datacenter, code, address }) => [datacenter, code?.reveal(), address])).toEqual([
      ['dc-nyc-01', 'a', { host: '10.0.0.2', port: 7090 }],
      ['dc-fra-01', undefined, { host: 'fd00::2', port: 7091 }],
      ['dc-lon-01', 'c', { host: '127.0.0.1', port: 7092 }],
    ]);
  });

  it('are refused with every complaint at once', () => {
    expect(() =>
      readEdgeSettings({
        EDGE_DATACENTER: 'New York',
        EDGE_LISTEN: 'everywhere',
        EDGE_PLATFORM_URL: 'http://rackline.example',
        EDGE_JOURNAL_MEGABYTES: '0',
        LOG_LEVEL: 'loud',
      }),
    ).toThrow(
      new RegExp(
        [
          'EDGE_DATACENTER\\[0\\]: ',
          'EDGE_LISTEN\\[0\\]: must be host:port',
          'EDGE_PLATFORM_URL: must be an https address',
          'EDGE_JOURNAL_MEGABYTES: must be at least 1',
          'LOG_LEVEL: ',
        ].join('[\\s\\S]*'),
      ),
    );
  });

  it('are refused when a list has not one entry for each datacenter', () => {
    expect(() =>
      readEdgeSettings({ ...whole, EDGE_DATACENTER: 'dc-nyc-01,dc-fra-01', EDGE_ENROLMENT_CODE: 'a' }),
    ).toThrow(/EDGE_ENROLMENT_CODE: has 1 entries for the 2 of EDGE_DATACENTER[\s\S]*EDGE_LISTEN/);
  });

  it('give each datacenter the DHCP and boot parts that are named for it', () => {
    const { agents } = readEdgeSettings({
      ...whole,
      EDGE_DATACENTER: 'dc-nyc-01,dc-fra-01',
      EDGE_LISTEN: '10.0.0.2:7090,10.1.0.2:7090',
      EDGE_LEASE_SPOOL: '/var/spool/rackline/nyc,',
      EDGE_KEA_URL: 'http://127.0.0.1:8000/,',
      EDGE_KEA_USER: 'agent,',
      EDGE_KEA_PASSWORD: 'hidden,',
      EDGE_PROXY_DHCP: ',10.1.0.2',
      EDGE_BOOT_LISTEN: '0.0.0.0:8081,10.1.0.2:8081',
      EDGE_BOOT_URL: 'http://10.0.0.2:8081,',
      EDGE_BOOT_IMAGE: '/srv/image',
      EDGE_TFTP_DIR: '/srv/tftp',
      EDGE_TFTP_LISTEN: ',10.1.0.2',
      EDGE_BMC_EVENTS_LISTEN: '10.0.0.2:7091,',
    });
    expect(agents[0]).toMatchObject({
      leases: {
        spool: '/var/spool/rackline/nyc',
        kea: { url: 'http://127.0.0.1:8000', credentials: { user: 'agent', password: expect.anything() } },
        proxy: undefined,
      },
      boot: { listen: { host: '0.0.0.0', port: 8081 }, url: 'http://10.0.0.2:8081' },
      tftpAddress: undefined,
      bmcEvents: { host: '10.0.0.2', port: 7091 },
    });
    expect(agents[1]).toMatchObject({
      leases: { spool: undefined, kea: undefined, proxy: '10.1.0.2' },
      boot: { listen: { host: '10.1.0.2', port: 8081 }, url: undefined },
      tftpAddress: '10.1.0.2',
      bmcEvents: undefined,
    });
    expect(JSON.stringify(agents)).not.toContain('hidden');
  });

  it.each<[string, Record<string, string>, RegExp[]]>([
    [
      'a control API without the hook',
      { EDGE_KEA_URL: 'http://127.0.0.1:8000' },
      [/EDGE_LEASE_SPOOL: is needed by EDGE_KEA_URL/],
    ],
    [
      'half a sign-in',
      { EDGE_LEASE_SPOOL: '/s', EDGE_KEA_URL: 'http://127.0.0.1:8000', EDGE_KEA_USER: 'agent' },
      [/EDGE_KEA_PASSWORD: is needed by EDGE_KEA_USER/],
    ],
    [
      'a leases file without the hook',
      { EDGE_DHCPD_LEASES: '/var/lib/dhcp/dhcpd.leases' },
      [/EDGE_LEASE_SPOOL: is needed by EDGE_DHCPD_LEASES/],
    ],
    [
      'proxyDHCP that leads nowhere',
      { EDGE_PROXY_DHCP: '10.0.0.2' },
      [/EDGE_BOOT_LISTEN: is needed by EDGE_PROXY_DHCP/],
    ],
    [
      'a boot server without an image',
      { EDGE_BOOT_LISTEN: '10.0.0.2:8081' },
      [/EDGE_BOOT_IMAGE: is needed by EDGE_BOOT_LISTEN/],
    ],
    [
      'a boot server that machines cannot be sent to',
      { EDGE_BOOT_LISTEN: '0.0.0.0:8081', EDGE_BOOT_IMAGE: '/srv/image' },
      [/EDGE_BOOT_URL: is needed/],
    ],
    [
      'events posted to no one address',
      { EDGE_BMC_EVENTS_LISTEN: '0.0.0.0:7091' },
      [/EDGE_BMC_EVENTS_LISTEN\[0\]: must be one address and port/],
    ],
    [
      'a boot server over https',
      { EDGE_BOOT_LISTEN: '0.0.0.0:8081', EDGE_BOOT_IMAGE: '/srv/image', EDGE_BOOT_URL: 'https://boot' },
      [/EDGE_BOOT_URL\[0\]: must be an http address/],
    ],
    ['TFTP without a folder', { EDGE_TFTP_LISTEN: '10.0.0.2' }, [/EDGE_TFTP_DIR: is needed by EDGE_TFTP_LISTEN/]],
    [
      'a BMC address without an address',
      { EDGE_BMC_URL: 'https://bmc' },
      [/EDGE_BMC_URL: must be an address with \{address\}/],
    ],
    ['a BMC address with a hole nobody fills', { EDGE_BMC_URL: 'https://{address}.{domain}' }, [/EDGE_BMC_URL: /]],
    ['a command line in two', { EDGE_BOOT_ARGUMENTS: 'quiet\nshell' }, [/EDGE_BOOT_ARGUMENTS: must be one line/]],
    [
      'folders and addresses that are none, and what they lack',
      { EDGE_LEASE_SPOOL: 'spool', EDGE_PROXY_DHCP: 'eth0', EDGE_BOOT_ARCHITECTURES: 'sparc', EDGE_BOOT_SLOTS: '0' },
      [
        /EDGE_LEASE_SPOOL\[0\]: must be a whole path/,
        /EDGE_PROXY_DHCP\[0\]: must be an IPv4 address/,
        /EDGE_BOOT_ARCHITECTURES\[0\]: /,
        /EDGE_BOOT_SLOTS: /,
        /EDGE_BOOT_LISTEN: is needed/,
      ],
    ],
  ])('are refused with %s', (_what, more, complaints) => {
    for (const complaint of complaints) expect(() => readEdgeSettings({ ...whole, ...more })).toThrow(complaint);
  });
});
