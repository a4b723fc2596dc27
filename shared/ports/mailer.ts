/** Outgoing mail. The same `messageId` twice is delivered once by a receiver that deduplicates. */
export interface Mailer {
  /** `refused`: the mail server will never take this one (a wrong address). What may pass later is thrown. */
  send(mail: {
    messageId: string;
    to: string;
    subject: string;
    text: string;
  }): Promise<{ outcome: 'sent' } | { outcome: 'refused'; reason: string }>;
}
