/** Outgoing mail. The same `messageId` twice is delivered once by a receiver that deduplicates. */
export interface Mailer {
  send(mail: { messageId: string; to: string; subject: string; text: string }): Promise<void>;
}
