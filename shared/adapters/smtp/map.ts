import { SmtpFailure } from './contract.ts';

/** `<key@domain>` as RFC 5322 wants it; what a message id may not hold is replaced, alike each time. */
export const messageIdOf = (key: string, from: string): string =>
  `<${key.replace(/[^A-Za-z0-9._-]/g, '-')}@${
    from
      .split('@')
      .at(-1)
      ?.replace(/[^A-Za-z0-9.-]/g, '') || 'rackline'
  }>`;

/** The server's final word against this mail, or undefined when another attempt may pass. */
export function refusal(error: unknown): string | undefined {
  const { data } = SmtpFailure.safeParse(error);
  const status = data?.responseCode ?? 0;
  // How we come to the server is ours to mend: TLS, name and password say nothing against the mail.
  const isAboutUs = (status >= 530 && status <= 538) || data?.code === 'ETLS' || data?.code === 'EAUTH';
  return status >= 500 && !isAboutUs ? (data?.response ?? `the mail server answered ${status}`) : undefined;
}
