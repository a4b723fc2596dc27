import { note } from './log.ts';
import type { Machine } from './machine.ts';
import type { Ailment, LogEntry } from './state.ts';

interface Complaint {
  severity: LogEntry['severity'];
  message: string;
  /** As Dell numbers it (EEMI); others show it where they have numbers at all. */
  code: string;
}

const complaintOf = (ailment: Ailment): Complaint => {
  switch (ailment.kind) {
    case 'fan-stopped':
      return {
        severity: 'Critical',
        message: `Fan ${ailment.fan} RPM is less than the lower critical threshold.`,
        code: 'FAN0001',
      };
    case 'supply-without-input':
      return {
        severity: 'Critical',
        message: `The power input for power supply ${ailment.supply} is lost.`,
        code: 'PSU0003',
      };
    case 'inlet-hot':
      return {
        severity: 'Warning',
        message:
          `The system inlet temperature is greater than the upper warning threshold: ${ailment.celsius} ` + 'degrees.',
        code: 'TMP0120',
      };
    case 'drive-failing':
      return { severity: 'Critical', message: `The drive ${ailment.drive} reports that it will fail.`, code: 'PDR16' };
  }
};

/** Something in the running machine fails: the sensors show it, the log notes it, whoever listens hears of it. */
export function ail(machine: Machine, ailment: Ailment): void {
  machine.record.ailments = [...machine.record.ailments, ailment];
  const { severity, message, code } = complaintOf(ailment);
  note(machine, severity, message, { code });
}

/** Somebody has mended everything. */
export function cure(machine: Machine): void {
  const { ailments } = machine.record;
  machine.record.ailments = [];
  for (const ailment of ailments) note(machine, 'OK', `Put right: ${complaintOf(ailment).message}`);
}
