/** What may happen to an email on its way. */

/** What may happen to mail on its way, in the words of a scenario: “the mail server … mail to Sam”. */
export const mailTroubles = {
  refuses: 'the server answers 550 and takes nothing',
  'is too busy for': 'the server answers 421 and takes nothing',
  'holds back': 'messages wait at the server until they are released, in the end in the wrong order',
  duplicates: 'every message arrives twice',
  'strips to text': 'the HTML part is lost',
  'rewrites the links in': 'a scanner puts its own address before every link, and looks at the link first',
} as const;
export type MailTroubleName = keyof typeof mailTroubles;
