import { json, type SimAnswer } from '../kit/simulator.ts';

export const failure = (status: number, ...errors: string[]): SimAnswer => json(status, { errors });
export const envelope = (more: Record<string, unknown>) => ({
  request_id: 'lab',
  lease_id: '',
  renewable: false,
  lease_duration: 0,
  data: null,
  wrap_info: null,
  warnings: null,
  auth: null,
  ...more,
});
