import { describe, expect, it } from '@jest/globals';
import {
  hostOf,
  mergeFacts,
  narrowestMask,
  occupantAt,
  slugOf,
  statusOf,
  toCablePlan,
  toMedium,
  toPortType,
  toRack,
  usualHeight,
} from '../../../../../shared/adapters/netbox/map.ts';
import { states } from '../../../../../shared/lifecycle/states.ts';

describe("NetBox's words", () => {
  it('has one for every state in which a server stands in a datacenter', () => {
    const without = Object.keys(states).filter((state) => statusOf({ state, condition: 'working' }) === undefined);
    expect(
      without.every((state) =>
        ['ORDERED', 'QUOTE_REQUESTED', 'QUOTE_RECEIVED', 'PURCHASE_APPROVED', 'SHIPMENT_TRACKING'].includes(state),
      ),
    ).toBe(true);
  });

  it.each([
    ['127.101.0.7', '127.101.0.7'],
    ['http://127.101.0.7:8443', '127.101.0.7'],
    ['https://[fd00::7]', 'fd00::7'],
    ['fd00::7', 'fd00::7'],
  ])('takes the host of %s', (address, host) => {
    expect(hostOf(address)).toBe(host);
  });

  it('takes the mask of the narrowest network around an address', () => {
    expect(narrowestMask([{ prefix: '10.0.0.0/8' }, { prefix: '10.20.0.0/16' }], '10.20.0.5')).toBe(16);
    expect(narrowestMask([], '10.20.0.5')).toBe(32);
    expect(narrowestMask([], 'fd00::7')).toBe(128);
  });

  it.each([
    ['Dell Inc.', 'dell-inc'],
    ['ProLiant DL380 Gen11', 'proliant-dl380-gen11'],
    ['東京', 'unnamed'],
  ])('makes a slug of %s', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it.each([
    ['PowerEdge R760', 2],
    ['PowerEdge R660', 1],
    ['PowerEdge R6515', 1],
    ['ProLiant DL360 Gen11', 1],
    ['ThinkSystem SR630 V3', 1],
    ['ThinkSystem SR650 V3', 2],
  ])('takes %s to be %i units high', (model, height) => {
    expect(usualHeight(model)).toBe(height);
  });

  it('does not let one source of facts hide another, whatever stood in the field before', () => {
    expect(mergeFacts('scribble', { source: 'lshw', identity: { serial: 'S' } })).toEqual({
      lshw: { identity: { serial: 'S' } },
    });
  });
});

describe('a rack', () => {
  const feed = {
    rack: { id: 1, name: 'R01' },
    status: { value: 'active' },
    type: { value: 'primary' },
    phase: { value: 'three-phase' },
    voltage: 400,
    amperage: 16,
    max_utilization: 80,
  };
  const device = {
    id: 5,
    name: 'box',
    serial: '',
    device_type: { id: 9, model: 'm' },
    role: { slug: 'server' },
    site: { id: 1, name: 'x', slug: 'x' },
    rack: { id: 1, name: 'R01' },
    position: 10,
    status: undefined,
    custom_fields: {},
  };
  const rack = toRack(
    { id: 1, name: 'R01', u_height: 48 },
    {
      devices: [device, { ...device, id: 6, position: null }],
      heights: new Map([[9, 2]]),
      feeds: [feed, { ...feed, type: { value: 'redundant' } }, { ...feed, status: { value: 'failed' } }],
      drawByDevice: new Map([
        [5, 400],
        [6, 100],
        [7, 999],
      ]),
    },
  );

  it('counts the power of its working primary feeds, and what stands in it draws', () => {
    expect(rack).toMatchObject({ powerBudgetWatts: 8868, powerAllocatedWatts: 500 });
  });

  it('knows who is in the way of a machine that would overlap', () => {
    expect(rack.occupied).toEqual([{ unit: 10, heightUnits: 2, name: 'box' }]);
    expect(occupantAt(rack, 9, 2)).toBe('box');
    expect(occupantAt(rack, 11, 1)).toBe('box');
    expect(occupantAt(rack, 12, 2)).toBeUndefined();
    expect(occupantAt(rack, 8, 2)).toBeUndefined();
  });

  it('has no budget where NetBox knows no feed', () => {
    expect(
      toRack(
        { id: 1, name: 'R01', u_height: 48 },
        { devices: [], heights: new Map(), feeds: [], drawByDevice: new Map() },
      ).powerBudgetWatts,
    ).toBeUndefined();
  });
});

describe('a cable', () => {
  const near = {
    object_type: 'dcim.interface',
    object_id: 1,
    object: { name: 'nic1', device: { id: 5, name: 'box' } },
  };
  const far = {
    object_type: 'dcim.interface',
    object_id: 2,
    object: { name: 'Ethernet1', device: { id: 8, name: 'switch' } },
  };

  it('is seen from the server, whichever end it is', () => {
    const ports = new Map([['nic1', { mac: '94:40:C9:00:00:10', isManagement: false }]]);
    const plan = {
      localPort: 'nic1',
      localMac: '94:40:c9:00:00:10',
      peerDevice: 'switch',
      peerPort: 'Ethernet1',
      kind: 'network',
      isConnected: true,
    };
    expect(
      toCablePlan({ id: 1, status: { value: 'connected' }, a_terminations: [near], b_terminations: [far] }, 5, ports),
    ).toEqual(plan);
    expect(
      toCablePlan({ id: 1, status: { value: 'connected' }, a_terminations: [far], b_terminations: [near] }, 5, ports),
    ).toEqual(plan);
  });

  it('whose far end has gone is none', () => {
    expect(
      toCablePlan({ id: 1, status: { value: 'connected' }, a_terminations: [near], b_terminations: [] }, 5, new Map()),
    ).toBeUndefined();
  });
});

describe('what a port is built for', () => {
  it.each([
    ['25gbase-x-sfp28', { speedMbps: 25_000, formFactor: 'SFP28' }],
    ['100gbase-x-qsfp28', { speedMbps: 100_000, formFactor: 'QSFP28' }],
    ['10gbase-x-sfpp', { speedMbps: 10_000, formFactor: 'SFP+' }],
    ['40gbase-x-qsfpp', { speedMbps: 40_000, formFactor: 'QSFP+' }],
    ['400gbase-x-qsfpdd', { speedMbps: 400_000, formFactor: 'QSFP-DD' }],
    ['1000base-t', { speedMbps: 1000, formFactor: 'RJ45' }],
    ['100base-tx', { speedMbps: 100, formFactor: 'RJ45' }],
    ['2.5gbase-t', { speedMbps: 2500, formFactor: 'RJ45' }],
    ['100gbase-kr4', { speedMbps: 100_000 }],
    ['other', {}],
    ['virtual', {}],
    [undefined, {}],
  ])('is read off its type: %s', (type, is) => expect(toPortType(type)).toEqual(is));

  it('may be set lower than its type', () =>
    expect(toPortType('100gbase-x-qsfp28', 25_000_000)).toEqual({ speedMbps: 25_000, formFactor: 'QSFP28' }));

  it.each([
    ['dac-passive', 'dac'],
    ['aoc', 'aoc'],
    ['mmf-om4', 'fibre'],
    ['smf', 'fibre'],
    ['cat6a', 'copper'],
    ['', undefined],
    [null, undefined],
    ['mrj21-trunk', undefined],
  ])('and a cable of type %j is of %s', (type, medium) => expect(toMedium(type)).toBe(medium));
});
