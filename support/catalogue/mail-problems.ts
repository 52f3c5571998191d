/** Email delivery problems, in the words of a scenario: “the mail server … email to Sam”. */
export const mailProblems = {
  rejects: 'the server replies 550 and accepts nothing',
  defers: 'the server replies 421 and accepts nothing',
  delays: 'emails wait at the server until they are released, and may then arrive out of order',
  duplicates: 'every email arrives twice',
  'strips the HTML from': 'only the text part arrives',
  'rewrites the links in': 'a scanner puts its own URL in front of every link, and opens the link first',
} as const;
export type MailProblemName = keyof typeof mailProblems;
