import { describe, expect, it } from '@jest/globals';
import {
  newDraft,
  newLine,
  serversIn,
  toOrder,
  type OrderDraft,
} from '../../../../portal/src/orders/forms/order-draft.ts';
import { presetOf, presets } from '../../../../portal/src/orders/forms/presets.ts';
import { check } from '../../../../portal/src/ui/forms/check.ts';
import { SubmitOrder } from '../../../../shared/domain/orders/orders.api.ts';
import { ServerConfig } from '../../../../shared/facts/server.ts';

const draft = (change: Partial<OrderDraft> = {}): OrderDraft => ({
  ...newDraft(),
  place: 'datacenter:dc-fra-01',
  ...change,
});

describe('the presets', () => {
  it.each(presets.map((preset) => [preset.id, preset] as const))(
    '%s is a configuration the API takes',
    (_id, { config }) => {
      expect(ServerConfig.parse(config)).toEqual(config);
    },
  );

  it("are told from a configuration of one's own", () => {
    const [first] = presets;
    expect(presetOf({ ...first.config })?.id).toBe(first.id);
    expect(presetOf({ ...first.config, ram: '1TB' })).toBeUndefined();
  });
});

describe('an order as it is filled in', () => {
  it('is what the API takes once a place is chosen', () => {
    expect(check(SubmitOrder, toOrder(draft(), false)).errors).toEqual({});
    expect(check(SubmitOrder, toOrder(draft({ place: 'region:eu-west' }), false)).value).toMatchObject({
      placement: { region: 'eu-west' },
    });
  });

  it('says next to which field something is missing, in plain words', () => {
    const lines = [
      { ...newLine(0), quantity: '' },
      { ...newLine(1), quantity: '1.5' },
      { ...newLine(2), quantity: '900', config: { ...newLine(2).config, cpu: '' } },
    ];
    expect(check(SubmitOrder, toOrder(draft({ place: '', lines }), false)).errors).toEqual({
      'lines[0].quantity': 'Is needed.',
      'lines[1].quantity': 'Must be a whole number.',
      'lines[2].quantity': 'Must be at most 500.',
      'lines[2].config.cpu': 'Is needed.',
    });
  });

  it('asks for a place when all else is right', () => {
    expect(check(SubmitOrder, toOrder(draft({ place: '' }), false)).errors).toEqual({
      datacenter: 'Give either a datacenter or a placement.',
    });
  });

  it('names the tenant only when staff order, and then must', () => {
    expect(toOrder(draft({ tenantId: 'globex' }), false)).not.toHaveProperty('tenantId');
    expect(check(SubmitOrder, toOrder(draft({ tenantId: ' ' }), true)).errors).toHaveProperty('tenantId');
  });

  it('counts the servers that a half-written form would order', () => {
    expect(
      serversIn({
        lines: [
          { ...newLine(0), quantity: '3' },
          { ...newLine(1), quantity: 'x' },
        ],
      }),
    ).toBe(3);
  });
});
