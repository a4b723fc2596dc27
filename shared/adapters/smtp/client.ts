import { createTransport } from 'nodemailer';
import { AppError } from '../../kernel/errors/app-error.ts';
import type { HttpOptions } from '../../kernel/http-client/client.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { Mailer } from '../../ports/mailer.ts';
import { messageIdOf, refusal } from './map.ts';

export interface SmtpOptions {
  /**
   * `smtp://mail.example:587` or `smtps://…`; a name and password inside it would reach the log, so they come apart.
   */
  url: string;
  credentials?: { username: string; password: Secret };
  /** Whether a server that offers no STARTTLS gets no mail. With credentials it never does. */
  needsTls?: boolean;
  /** The sender: `rackline@example.com` or `Rackline <rackline@example.com>`. */
  from: string;
  timeoutMilliseconds?: number;
  observe?: HttpOptions['observe'];
}

/** Mail by SMTP. The message id is derived from the caller's key, so that a receiver can tell a repetition. */
export function createSmtp(options: SmtpOptions): Mailer {
  const timeout = options.timeoutMilliseconds ?? 15_000;
  const { hostname, port, protocol } = new URL(options.url);
  const transport = createTransport({
    host: hostname,
    port: Number(port) || (protocol === 'smtps:' ? 465 : 587),
    secure: protocol === 'smtps:',
    requireTLS: options.needsTls === true || options.credentials !== undefined,
    ...(options.credentials && {
      auth: { user: options.credentials.username, pass: options.credentials.password.reveal() },
    }),
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  return {
    send: async ({ messageId, to, subject, text }) => {
      const started = performance.now();
      const measure = (outcome: 'ok' | 'invalid' | 'transient') =>
        options.observe?.({ system: 'smtp', method: 'POST', outcome, seconds: (performance.now() - started) / 1000 });
      try {
        await transport.sendMail({
          from: options.from,
          to,
          subject,
          text,
          messageId: messageIdOf(messageId, options.from),
        });
        measure('ok');
        return { outcome: 'sent' };
      } catch (error) {
        const reason = refusal(error);
        measure(reason === undefined ? 'transient' : 'invalid');
        if (reason !== undefined) return { outcome: 'refused', reason };
        throw new AppError({
          code: 'smtp.unavailable',
          kind: 'unavailable',
          publicMessage: 'The mail server did not take the message; it will be tried again.',
          context: { messageId },
          cause: error,
        });
      }
    },
  };
}
