import { describe, expect, it } from '@jest/globals';
import { inUnit, splitSensors, type Sensor } from '../../../../portal/src/health/parts/sensors.ts';

const sensor = (name: string, health?: Sensor['health']): Sensor => ({
  kind: 'fan',
  name,
  unit: 'RPM',
  ...(health && { health }),
});

describe('sensors', () => {
  it('that complain are apart; one that says nothing of itself does not complain', () => {
    const { unwell, others } = splitSensors([
      sensor('a', 'critical'),
      sensor('b', 'warning'),
      sensor('c', 'unknown'),
      sensor('d', 'ok'),
      sensor('e'),
    ]);
    expect([unwell, others].map((some) => some.map(({ name }) => name))).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
  });

  it.each([
    [9120.4, 'RPM', '9,120 RPM'],
    [22.46, '°C', '22.5 °C'],
    [11.984, 'V', '11.98 V'],
    [0, 'RPM', '0 RPM'],
    [340.6, 'W', '341 W'],
  ] as const)('read %d %s as %s', (reading, unit, text) => {
    expect(inUnit(reading, unit)).toBe(text);
  });
});
