/** An email as stored by the mailbox. */

export interface Message {
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  receivedAt: Date;
}
