import { createPublicKey } from 'node:crypto';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { smtp } from '../../../../../shared/adapters/smtp/system.ts';
import { makeKey } from '../../../../../shared/kernel/certificate-request.ts';
import type { Mailer } from '../../../../../shared/ports/mailer.ts';
import { certify, makeAuthority } from '../../../../simulators/kit/authority.ts';

/** A mail server that takes mail from one account, with STARTTLS or without. */
interface Relay {
  url: string;
  /** Passwords that it was sent. */
  passwords: string[];
  /** Mails that it took, and whether over TLS. */
  taken: { isEncrypted: boolean }[];
  close(): Promise<void>;
}

const before = tls.getCACertificates('default');
let identity: { key: string; cert: string };
beforeAll(async () => {
  const now = Date.now();
  const authority = await makeAuthority('CN=Mail of a test', now);
  const key = makeKey();
  const { certificate } = await certify(authority, createPublicKey(key), {
    names: [{ type: 'ip', value: '127.0.0.1' }],
    usages: ['server'],
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + 3_600_000),
  });
  identity = { key, cert: certificate };
  tls.setDefaultCACertificates([...before, authority.certificate]);
});
afterAll(() => tls.setDefaultCACertificates(before));

function aRelay(options: { offersTls: boolean; asksForAccount: boolean }): Promise<Relay> {
  const passwords: string[] = [];
  const taken: Relay['taken'] = [];
  const server = new SMTPServer({
    ...identity,
    logger: false,
    disableReverseLookup: true,
    authOptional: !options.asksForAccount,
    allowInsecureAuth: true,
    disabledCommands: options.offersTls ? [] : ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) => {
      passwords.push(password ?? '');
      if (username === 'rackline' && password === 'mail-password') return done(null, { user: 'rackline' });
      return done(Object.assign(new Error('Invalid credentials'), { responseCode: 535 }));
    },
    onData: (stream, { secure }, done) => {
      stream.resume();
      stream.once('end', () => {
        taken.push({ isEncrypted: secure });
        done();
      });
    },
  });
  return new Promise((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => {
      const at = listening.address();
      const port = typeof at === 'object' ? at?.port : undefined;
      const close = () => new Promise<void>((closed) => server.close(() => closed()));
      resolve({ url: `smtp://127.0.0.1:${port}`, passwords, taken, close });
    });
  });
}

async function mailerOf(settings: Record<string, string>): Promise<Mailer> {
  const { system, complaints } = smtp.configure(settings);
  const mailer = (await system?.connect({}))?.mailer;
  if (!mailer) throw new Error(complaints.join('; '));
  return mailer;
}
const mail = { messageId: '1', to: 'ada@acme.example', subject: 'Hello', text: 'Hello Ada' };
const account = { SMTP_USERNAME: 'rackline', SMTP_PASSWORD: 'mail-password' };

describe('a mail server that offers TLS', () => {
  let relay: Relay;
  beforeEach(async () => {
    relay = await aRelay({ offersTls: true, asksForAccount: true });
  });
  afterEach(() => relay.close());

  it('takes mail of the account that is configured, over TLS', async () => {
    await expect((await mailerOf({ SMTP_URL: relay.url, ...account })).send(mail)).resolves.toEqual({
      outcome: 'sent',
    });
    expect(relay.taken).toEqual([{ isEncrypted: true }]);
  });

  it('is asked again later where it does not know the account: a wrong password is no fault of the mail', async () => {
    const mailer = await mailerOf({ SMTP_URL: relay.url, ...account, SMTP_PASSWORD: 'wrong' });
    await expect(mailer.send(mail)).rejects.toMatchObject({ code: 'smtp.unavailable' });
    expect(relay.taken).toEqual([]);
  });
});

describe('a mail server without TLS', () => {
  let relay: Relay;
  beforeEach(async () => {
    relay = await aRelay({ offersTls: false, asksForAccount: false });
  });
  afterEach(() => relay.close());

  it('takes mail where neither an account nor TLS is asked for', async () => {
    await expect((await mailerOf({ SMTP_URL: relay.url })).send(mail)).resolves.toEqual({ outcome: 'sent' });
    expect(relay.taken).toEqual([{ isEncrypted: false }]);
  });

  it.each([
    ['a password', account],
    ['a mail that needs TLS', { SMTP_TLS: 'required' }],
  ])('never hears %s', async (_what, settings) => {
    const mailer = await mailerOf({ SMTP_URL: relay.url, ...settings });
    await expect(mailer.send(mail)).rejects.toMatchObject({ code: 'smtp.unavailable' });
    expect(relay.passwords).toEqual([]);
    expect(relay.taken).toEqual([]);
  });
});

describe('settings of mail', () => {
  it.each([
    [{ SMTP_URL: 'smtp://me:word@mail.example' }, 'SMTP_URL: must hold no name and no password'],
    [{ SMTP_URL: 'smtp://mail.example', SMTP_USERNAME: 'me' }, 'SMTP_USERNAME: is needed with SMTP_PASSWORD'],
    [{ SMTP_URL: 'smtp://mail.example', SMTP_TLS: 'yes' }, "SMTP_TLS: must be 'if-offered' or 'required'"],
    [{ SMTP_PASSWORD: 'word' }, 'SMTP_URL: is needed for mail, because SMTP_PASSWORD is set'],
  ])('that contradict each other are named: %j', (settings, complaint) => {
    expect(smtp.configure(settings).complaints.join('\n')).toContain(complaint);
  });
});
