/** An email as stored by the mailbox. */

export interface Message {
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  receivedAt: Date;
  /** Names it among the emails of the built-in mailbox. */
  id?: string;
  /** Headers and body as received, cut if it is long; of the built-in mailbox only. */
  source?: string;
}
