import { z } from 'zod';
import { Secret } from './secret.ts';

export const text = z.string().trim().min(1).max(2000, 'must have at most 2000 characters');
export const secret = text.transform((value) => new Secret(value));
export const address = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .max(2000, 'must have at most 2000 characters')
  .transform((url) => url.replace(/\/$/, ''));
export const whole = (from: number, to: number) =>
  z.coerce
    .number({ error: 'must be a number' })
    .int('must be a whole number')
    .min(from, `must be at least ${from}`)
    .max(to, `must be at most ${to}`);
export const seconds = z.coerce
  .number({ error: 'must be a number' })
  .positive('must be above 0')
  .max(3600, 'must be at most 3600');
export const onOff = z.enum(['on', 'off'], { error: "must be 'on' or 'off'" });

export class BadSettings extends Error {
  override readonly name = 'BadSettings';
}
