import { describe, expect, it } from '@jest/globals';
import { createSmtp } from '../../../../../shared/adapters/smtp/client.ts';
import { useLab } from '../../../../kit/adapter-lab.ts';
import type { Simulator } from '../../../../simulators/kit/simulator.ts';
import { mailSimulator } from '../../../../simulators/mail/mail.ts';

const deps = useLab(mailSimulator as unknown as Simulator<never>);
const mailer = () => createSmtp({ url: deps.lab.addressOf('mail'), from: 'Rackline <rackline@rackline.example>' });
const notice = {
  messageId: 'delivered-srv_01',
  to: 'tenant-admin@acme.example',
  subject: 'Your server is ready',
  text: 'Hello Ada,\n\nyour server stands in New York.\n\nRackline',
};
const received = async (): Promise<unknown[]> =>
  ((await (await fetch(`${deps.url('mail')}/messages`)).json()) as { messages: unknown[] }).messages;

describe('sending mail', () => {
  it('delivers a message that anybody can read afterwards', async () => {
    await expect(mailer().send(notice)).resolves.toEqual({ outcome: 'sent' });
    await expect(received()).resolves.toMatchObject([
      {
        messageId: 'delivered-srv_01@rackline.example',
        to: notice.to,
        subject: notice.subject,
        text: notice.text,
        copies: 1,
      },
    ]);
  });

  it('carries every letter people use', async () => {
    const text = 'Grüße aus San José — 大阪, 100 % bereit. '.repeat(8).trim();
    await mailer().send({
      ...notice,
      subject: 'Ihr Server in San José ist bereit für Übergabe und Einweisung — bitte bestätigen',
      text,
    });
    await expect(received()).resolves.toMatchObject([
      { subject: 'Ihr Server in San José ist bereit für Übergabe und Einweisung — bitte bestätigen', text },
    ]);
  });

  it('is one effect though sent twice: its Message-ID tells the second copy from a second mail', async () => {
    await mailer().send(notice);
    await mailer().send(notice);
    await expect(received()).resolves.toMatchObject([{ copies: 2 }]);
    expect(deps.lab.effects.repeated()).toEqual([]);
  });

  it('throws what may pass later; the repetition is delivered once though the first had been accepted', async () => {
    deps.lab.faults.set({ system: 'mail', method: 'DATA', fault: { kind: 'lost-answer' } });
    await expect(mailer().send(notice)).rejects.toMatchObject({ code: 'smtp.unavailable', kind: 'unavailable' });
    await mailer().send(notice);
    await expect(received()).resolves.toHaveLength(1);
  });

  it('answers refused, with the reason, for a mailbox that does not exist', async () => {
    deps.lab.faults.set({ system: 'mail', method: 'RCPT', path: 'acme', fault: { kind: 'status', status: 550 } });
    await expect(mailer().send(notice)).resolves.toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('550'),
    });
    await expect(received()).resolves.toEqual([]);
  });

  it('throws when nobody answers at the address', async () => {
    const nowhere = createSmtp({
      url: 'smtp://127.0.0.1:1',
      from: 'rackline@rackline.example',
      timeoutMilliseconds: 500,
    });
    await expect(nowhere.send(notice)).rejects.toMatchObject({ code: 'smtp.unavailable' });
  });
});
