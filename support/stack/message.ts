/** An email as the mailbox keeps it. */

export interface Message {
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  receivedAt: Date;
}
