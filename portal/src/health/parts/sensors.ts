import type { HealthView } from '../../../../shared/domain/health/health.api.ts';

export type Sensor = HealthView['sensors'][number];

/** Those that complain, in the order they came, and the rest. */
export function splitSensors(sensors: readonly Sensor[]): { unwell: Sensor[]; others: Sensor[] } {
  const isUnwell = ({ health }: Sensor) => health === 'warning' || health === 'critical';
  return { unwell: sensors.filter(isUnwell), others: sensors.filter((each) => !isUnwell(each)) };
}

/** `9,120 RPM`, `22.5 °C`, `11.98 V`: as exact as anybody reads it. */
export const inUnit = (reading: number, unit: Sensor['unit']): string =>
  `${reading.toLocaleString('en', { maximumFractionDigits: unit === 'V' ? 2 : unit === '°C' ? 1 : 0 })} ${unit}`;
