import { actualHardware } from './hardware.ts';
import type { Ailment, BmcRecord } from './state.ts';

export interface Measured {
  watts: number;
  cpuPercent: number | null;
  inletCelsius: number;
  temperatures: { name: string; context: string; celsius: number; warns: number; critical: number }[];
  fans: { name: string; rpm: number; isDead: boolean }[];
  supplies: { name: string; inputWatts: number; volts: number; isDead: boolean }[];
  voltages: { name: string; volts: number; low: number; high: number }[];
}

const ailing = <K extends Ailment['kind']>(record: BmcRecord, kind: K) =>
  record.ailments.filter((each): each is Extract<Ailment, { kind: K }> => each.kind === kind);

/** What a machine's sensors measure just now: it draws more when it works, hardly anything when it is off. */
export function measuredOn(record: BmcRecord): Measured {
  const { host } = record;
  const { processors } = actualHardware(record.hardware, record.physicalFaults);
  const isOff = host.power === 'Off';
  const watts = isOff ? 14 : host.stage === 'os' ? 412 : 285;
  const inletCelsius = ailing(record, 'inlet-hot')[0]?.celsius ?? (isOff ? 19 : 23);
  const stopped = ailing(record, 'fan-stopped').map(({ fan }) => fan);
  const dark = ailing(record, 'supply-without-input').map(({ supply }) => supply);
  const fed = 2 - new Set(dark).size;
  return {
    watts,
    inletCelsius,
    cpuPercent: cpuUsageOf(record),
    temperatures: [
      { name: 'System Board Inlet Temp', context: 'Intake', celsius: inletCelsius, warns: 42, critical: 47 },
      ...processors.map((_, index) => ({
        name: `CPU${index + 1} Temp`,
        context: 'CPU',
        celsius: inletCelsius + 20,
        warns: 93,
        critical: 98,
      })),
      { name: 'System Board Exhaust Temp', context: 'Exhaust', celsius: inletCelsius + 9, warns: 70, critical: 75 },
    ],
    fans: Array.from({ length: 6 }, (_, index) => ({
      name: `Fan ${index + 1}`,
      rpm: isOff || stopped.includes(index + 1) ? 0 : 8400,
      isDead: stopped.includes(index + 1),
    })),
    supplies: [1, 2].map((number) => ({
      name: `PSU ${number}`,
      inputWatts: dark.includes(number) || fed === 0 ? 0 : watts / fed,
      volts: dark.includes(number) ? 0 : 230,
      isDead: dark.includes(number),
    })),
    voltages: [{ name: 'CMOS Battery', volts: 3.08, low: 2.25, high: 3.6 }],
  };
}

/** The worst of it, as the whole machine's health. */
export function healthOf(record: BmcRecord): 'OK' | 'Warning' | 'Critical' {
  const { ailments } = record;
  if (ailments.some(({ kind }) => kind === 'fan-stopped' || kind === 'drive-failing')) return 'Critical';
  return ailments.length > 0 ? 'Warning' : 'OK';
}

/** How busy the host's processors are, in percent; null where there is nothing to be busy. */
export const cpuUsageOf = ({ host }: BmcRecord): number | null =>
  host.power === 'Off' ? null : host.stage === 'os' ? 37 : 1;
